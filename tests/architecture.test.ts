/** Rules of the repository's structure: allowed imports, the builders of Convex functions, and project deletion. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import schema from "../convex/schema.ts";
import type { Import } from "../local/init/imports.ts";
import { files, inside, isTest, root } from "./source-files.ts";

/** Folders of features, which may import one another without cycles. */
const FEATURES = [
  "account",
  "activity",
  "alerts", // agents:line
  "ingest", // agents:line
  "organizations",
  "people",
  "profile",
  "projects", // agents:line
  "sessions",
  "theme",
  "time-zone",
];

/** Folders of app, lowest first. A folder imports only from those below it. */
const LAYERS = [["ui"], ["request"], ["react-router"], ["auth"], ["data"], ["frame"], FEATURES, ["routes"]];

/** Returns each forbidden import as `from -> to`, so that a failure names the import to change. */
function offences(
  from: (path: string) => boolean,
  allowed: (found: Import, path: string) => boolean,
): string[] {
  return files
    .filter(({ path }) => from(path))
    .flatMap(({ path, imports }) =>
      imports
        .filter((found) => found.own && !allowed(found, path))
        .map(({ target }) => `${path} -> ${target}`),
    );
}

/** Returns whether a file of Convex's rules is shared: it imports at most packages and other shared files. */
function isSharedRule(path: string): boolean {
  const file = inside(path, "convex/model") ? files.find((one) => one.path === path) : undefined;
  return file?.imports.every(({ own, target }) => !own || isSharedRule(target)) ?? false;
}

/** Returns whether app and workers may import a file of `convex/`. */
function isForApp(path: string): boolean {
  return inside(path, "convex/_generated") || isSharedRule(path);
}

/** Configuration files, which commands and tests may import. */
const READERS = ["app/request/env.server.ts", "app/request/variables.ts"];

describe("imports", () => {
  test("app imports only app, Convex's generated API and the shared Convex rules", () => {
    const allowed = ({ target }: Import) => inside(target, "app") || isForApp(target);
    expect(offences((path) => inside(path, "app"), allowed)).toEqual([]);
  });

  test("workers import only workers, app and what app may import", () => {
    const allowed = ({ target }: Import) => inside(target, "workers", "app") || isForApp(target);
    expect(offences((path) => inside(path, "workers"), allowed)).toEqual([]);
  });

  test("a folder of app imports only from folders below it", () => {
    const rankOf = (path: string) => {
      const folder = path.split("/")[1] ?? "";
      const rank = LAYERS.findIndex((layer) => layer.includes(folder));
      return rank === -1 ? LAYERS.length : rank;
    };
    const isBelow = (path: string, target: string) =>
      path.split("/")[1] === target.split("/")[1] ||
      rankOf(target) < rankOf(path) ||
      bothFeatures(path, target);
    const bothFeatures = (path: string, target: string) =>
      [path, target].every((one) => rankOf(one) === LAYERS.indexOf(FEATURES));
    const found = files
      .filter(({ path }) => inside(path, "app"))
      .flatMap(({ path, imports }) =>
        imports
          .filter(({ own, target }) => own && inside(target, "app") && !target.includes("/+types/"))
          .filter(({ target }) => !isBelow(path, target))
          .map(({ target }) => `${path} -> ${target}`),
      );
    expect(found.filter((edge) => !edge.endsWith(".test.ts -> app/routes.ts"))).toEqual([]);
  });

  test("every folder of app has a layer", () => {
    const folders = new Set(
      files
        .filter(({ path }) => inside(path, "app") && !isTest(path))
        .map(({ path }) => path.split("/")[1] ?? ""),
    );
    expect([...folders].filter((name) => !LAYERS.flat().includes(name)).sort()).toEqual([
      "entry.client.tsx",
      "entry.server.tsx",
      "root.tsx",
      "routes.ts",
    ]);
  });

  test("in app and workers, only root, the route table and the entries import routes", () => {
    const open = (path: string) =>
      inside(path, "app/routes") || /^app\/(root|routes|entry\.\w+)\.tsx?$/.test(path);
    const allowed = ({ target }: Import) => !inside(target, "app/routes");
    expect(offences((path) => inside(path, "app", "workers") && !open(path), allowed)).toEqual([]);
  });

  test("convex imports only convex", () => {
    const allowed = ({ target }: Import) => inside(target, "convex");
    expect(offences((path) => inside(path, "convex"), allowed)).toEqual([]);
  });

  test("the table of roles imports nothing", () => {
    expect(files.find(({ path }) => path === "convex/model/roles.ts")?.imports).toEqual([]);
  });

  test("a package imports only its own files, and its sources do not import its tests", () => {
    for (const folder of ["packages/convex-local", "packages/workos-local"]) {
      const own = ({ target }: Import) => inside(target, folder);
      expect(offences((path) => inside(path, folder), own)).toEqual([]);
      const sources = ({ target }: Import) => !inside(target, `${folder}/tests`);
      expect(offences((path) => inside(path, `${folder}/src`, `${folder}/bin`), sources)).toEqual([]);
    }
  });

  test("a package uses the same dependency versions as the root", () => {
    type Manifest = Partial<Record<"dependencies" | "devDependencies", Record<string, string>>>;
    const versionsOf = (file: string): Record<string, string> => {
      const { dependencies, devDependencies }: Manifest = JSON.parse(readFileSync(join(root, file), "utf8"));
      return { ...dependencies, ...devDependencies };
    };
    const expected = versionsOf("package.json");
    for (const file of ["packages/convex-local/package.json", "packages/workos-local/package.json"]) {
      const versions = versionsOf(file);
      const other = Object.keys(versions).filter(
        (name) => (expected[name] ?? versions[name]) !== versions[name],
      );
      expect(other, file).toEqual([]);
    }
  });

  test("the packages are imported by name, and only from local and tests", () => {
    const byName = ({ target }: Import) => /^(convex|workos)-local(\/|$)/.test(target);
    const others = files.filter(({ path }) => !inside(path, "local", "tests"));
    expect(others.filter(({ imports }) => imports.some(byName)).map(({ path }) => path)).toEqual([]);
    const outside = (path: string) => !inside(path, "packages");
    expect(offences(outside, ({ target }) => !inside(target, "packages"))).toEqual([]);
  });

  test("local imports only types from other folders, except for the configuration and the proof", () => {
    const allowed = ({ target, typeOnly }: Import) =>
      typeOnly || inside(target, "local") || READERS.includes(target) || isSharedRule(target);
    expect(offences((path) => inside(path, "local"), allowed)).toEqual([]);
  });

  test("tests import only types from app and workers, except for the configuration reader", () => {
    const allowed = ({ target, typeOnly }: Import) =>
      typeOnly || inside(target, "tests", "local", "convex") || READERS.includes(target);
    expect(offences((path) => inside(path, "tests"), allowed)).toEqual([]);
  });

  test("nothing imports tests, and only tests import local", () => {
    expect(
      offences(
        (path) => !inside(path, "tests"),
        ({ target }) => !inside(target, "tests"),
      ),
    ).toEqual([]);
    const outside = (path: string) => !inside(path, "tests", "local");
    expect(offences(outside, ({ target }) => !inside(target, "local"))).toEqual([]);
  });

  test("no file imports a test file", () => {
    expect(
      offences(
        () => true,
        ({ target }) => !isTest(target),
      ),
    ).toEqual([]);
  });

  test("relative imports include the file extension", () => {
    const named = ({ target }: Import) => /\.(tsx?|[cm]?js|css|json|svg)(\?[\w&-]+)?$/.test(target);
    const generated = ({ target }: Import) =>
      /^convex\/_generated\/(api|server|dataModel)$/.test(target) || target.includes("/+types/");
    expect(
      offences(
        () => true,
        (found) => named(found) || generated(found),
      ),
    ).toEqual([]);
  });
});

describe("Convex functions", () => {
  const RAW = [
    "query",
    "mutation",
    "action",
    "httpAction",
    "internalQuery",
    "internalMutation",
    "internalAction",
  ];

  /** Returns the exported names of the values that a file imports from the module. */
  function valuesTaken(text: string, module: RegExp): string[] {
    const statements = text.matchAll(/^import\s+(?!type\s)\{([^}]*)\}\s+from\s+["']([^"']+)["']/gm);
    return [...statements]
      .filter(([, , from]) => module.test(from ?? ""))
      .flatMap(([, names]) => (names ?? "").split(","))
      .map((name) => name.trim())
      .filter((name) => name !== "" && !name.startsWith("type "))
      .map((name) => name.split(/\s+as\s+/)[0] ?? name);
  }

  test("only convex/functions.ts imports the raw builders", () => {
    const importers = files
      .filter(({ path }) => inside(path, "convex") && path !== "convex/functions.ts")
      .filter(({ text }) =>
        valuesTaken(text, /_generated\/server|^convex\/server$/).some(
          (name) =>
            RAW.includes(name) || /^(query|mutation|action|httpAction|internal\w+)Generic$/.test(name),
        ),
      );
    expect(importers.map(({ path }) => path)).toEqual([]);
  });

  test("only mutations read the clock, so that Convex can keep the results of queries", () => {
    const readers = files
      .filter(({ path }) => inside(path, "convex") && !inside(path, "convex/_generated") && !isTest(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/\bDate\.now\(\)|\bnew Date\(\)/g)].map(({ index }) => {
          const starts = [
            ...text.slice(0, index).matchAll(/^(?:export )?(?:async )?(?:function|const) (\w+)/gm),
          ];
          const start = starts.at(-1);
          return { place: `${path} ${start?.[1]}`, code: text.slice(start?.index, index) };
        }),
      );
    expect(readers.length).toBeGreaterThan(10);
    const mayRead = /\bctx: MutationCtx\b|^export const \w+ = \w*(?:[mM]utation|[aA]ction)\(/;
    expect(readers.filter(({ code }) => !mayRead.test(code)).map(({ place }) => place)).toEqual([
      "convex/alertSending.ts attempt", // A part of an action. // agents:line
      // The age of a proof. Pages do not subscribe to queries of the worker.
      "convex/functions.ts proven",
      ...["convex/http.ts http", "convex/http.ts http"], // Actions.
      // Only if a caller omits the end of a chart. Pages always send it. // agents:line
      "convex/model/charts.ts requireUntil", // agents:line
    ]);
  });

  // agents:start
  test("the deletion of a project names every table with rows of a project", () => {
    const ofProject = Object.entries(schema.tables).flatMap(([name, { validator }]) => {
      const [row] = validator.kind === "union" ? validator.members : [validator];
      return row?.kind === "object" && "projectId" in row.fields ? [name] : [];
    });
    expect(ofProject).toEqual(expect.arrayContaining(["agentMetrics", "alertRules", "incidents"]));
    const deletion = files.find(({ path }) => path === "convex/model/deletion.ts")?.text ?? "";
    expect(ofProject.filter((name) => !deletion.includes(`"${name}"`))).toEqual([]);
  });
  // agents:end

  test("only convex/functions.ts declares paginationOpts, so every page size is checked", () => {
    const declaring = files.filter(
      ({ path, text }) => inside(path, "convex") && /paginationOptsValidator|paginationOpts: v\./.test(text),
    );
    expect(declaring.map(({ path }) => path)).toEqual(["convex/functions.ts"]);
  });
});

/** Rules of the repository's structure: allowed imports, file names and file lengths. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../", import.meta.url));
const FOLDERS = ["app", "workers", "convex", "packages", "local", "tests"];
const FORBIDDEN_NAMES = [
  "utils",
  "util",
  "helpers",
  "helper",
  "misc",
  "common",
  "lib",
  "shared",
  "services",
  "types",
];
const LONGEST_FILE = 340;

/** Folders of features, which may import one another without cycles. */
const FEATURES = [
  "account",
  "activity",
  "ingest",
  "organizations",
  "people",
  "profile",
  "projects",
  "sessions",
  "theme",
  "time-zone",
];

/** Folders of app, lowest first. A folder imports only from those below it. */
const LAYERS = [["ui"], ["request"], ["react-router"], ["auth"], ["data"], ["frame"], FEATURES, ["routes"]];

/**
 * `own` marks a file of this repository, with `target` as a path from the root; otherwise `target` is a
 * package.
 */
type Import = { target: string; own: boolean; typeOnly: boolean };
type SourceFile = { path: string; lines: number; text: string; imports: Import[] };

const files: SourceFile[] = globSync(`{${FOLDERS.join(",")}}/**/*.{ts,tsx,mts,mjs,js}`, { cwd: root })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => !path.includes("node_modules/") && !path.startsWith("convex/_generated/"))
  .sort()
  .map((path) => {
    const text = readFileSync(join(root, path), "utf8");
    return { path, text, lines: text.trimEnd().split("\n").length, imports: importsOf(path, text) };
  });

/** Returns every module that a file imports: own files as paths from the root, packages by name. */
function importsOf(path: string, text: string): Import[] {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  const statements = code.matchAll(
    /^\s*(?:import|export)\s+(?:([\w*{][^;'"]*?)\s+from\s+)?["']([^"'\n]+)["']/gm,
  );
  const calls = code.matchAll(/\bimport\(\s*["']([^"'\n]+)["']\s*\)/g);
  return [
    ...[...statements].map(([, names, from]) => ({
      ...resolve(path, from ?? ""),
      typeOnly: isTypeOnly(names),
    })),
    ...[...calls].map(([, from]) => ({ ...resolve(path, from ?? ""), typeOnly: false })),
  ];
}

function isTypeOnly(names: string | undefined): boolean {
  return names !== undefined && /^type\s/.test(names);
}

function resolve(path: string, from: string): { target: string; own: boolean } {
  const own = from.startsWith(".");
  return { target: own ? posix.normalize(posix.join(dirname(path), from)) : from, own };
}

function inside(path: string, ...places: string[]): boolean {
  return places.some((place) => path === place || path.startsWith(place.endsWith("/") ? place : `${place}/`));
}

function isTest(path: string): boolean {
  return /\.test\.tsx?$/.test(path);
}

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
    const named = ({ target }: Import) => /\.(tsx?|[cm]?js|css|json)$/.test(target) || /[?]\w+$/.test(target);
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

  test("only convex/functions.ts declares paginationOpts, so every page size is checked", () => {
    const declaring = files.filter(
      ({ path, text }) => inside(path, "convex") && /paginationOptsValidator|paginationOpts: v\./.test(text),
    );
    expect(declaring.map(({ path }) => path)).toEqual(["convex/functions.ts"]);
  });
});

describe("files", () => {
  test("no file or folder is named utils, helpers, misc, common, lib, shared, services or types", () => {
    const drawers = files.filter(({ path }) =>
      path.split("/").some((part) => FORBIDDEN_NAMES.includes(part.split(".")[0] ?? "")),
    );
    expect(drawers.map(({ path }) => path)).toEqual([]);
  });

  test("paths in app are written with href(), so that the compiler checks them against the routes", () => {
    const literal =
      /\b(?:to|href|action|formAction)=\{?["'`]\/|\b(?:redirect|fetch|assign|navigate)\(["'`]\/(?!_\.data)/;
    // `/_.data` is React Router's URL of the root route's data. The prerendered page's script is sent unchanged,
    // so it cannot import.
    const found = files.filter(
      ({ path, text }) =>
        inside(path, "app") && path !== "app/frame/static-banner.js" && !isTest(path) && literal.test(text),
    );
    expect(found.map(({ path }) => path)).toEqual([]);
  });

  test(`no file is longer than ${LONGEST_FILE} lines`, () => {
    const giants = files.filter(({ lines }) => lines > LONGEST_FILE);
    expect(giants.map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  test("every file except tests begins with a comment", () => {
    const silent = files.filter(({ path, text }) => !isTest(path) && !/^(#!.*\n)?\s*(\/\*|\/\/)/.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test("no file skips or isolates a test, turns off a type check, or mocks a module or fetch", () => {
    const marks =
      /\b(test|it|describe)\.(skip|only|todo)\b|@ts-(ignore|nocheck|expect-error)|\bvi\.(mock|doMock|stubGlobal)\(/;
    const marked = files.filter(
      ({ path, text }) => path !== "tests/architecture.test.ts" && marks.test(text),
    );
    expect(marked.map(({ path }) => path)).toEqual([]);
  });
});

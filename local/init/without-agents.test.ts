import { globSync, readFileSync, statSync } from "node:fs";
import { matchesGlob } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf, withoutUnusedImports } from "./imports.ts";
import { cut, FOLDER, LIST, patternsOf, withoutAgents } from "./without-agents.ts";

/** Files of this copy that git would list. */
const TOP = "{app,convex,docs,local,packages,public,tests,workers}/**/*";
const paths = globSync([TOP, ".github/**/*", "*.*", ".dev.vars.example"], {
  exclude: (path) => /(^|\/)(node_modules|\.\w+)\//.test(`${path}/`) && !/\.github/.test(path),
}).filter((path) => statSync(path).isFile());
const files = new Map(paths.map((path) => [path, readFileSync(path, "utf8")]));
const left = withoutAgents(files);
const isSource = (path: string) => /^(app|convex|workers|local|tests)\/.*\.tsx?$/.test(path);
const sources = [...left].filter(([path]) => isSource(path) && !path.startsWith("convex/_generated/"));

describe("the starter without agents", () => {
  it("keeps no file that imports a removed one", () => {
    const dangling = sources.flatMap(([path, text]) =>
      importsOf(path, text)
        .filter(({ own, target }) => own && files.has(target) && !left.has(target))
        .map(({ target }) => `${path} -> ${target}`),
    );
    expect(dangling).toEqual([]);
  });

  it("has the routes that its route table names, and no others", () => {
    const table = left.get("app/routes.ts") ?? "";
    const named = [...table.matchAll(/"(routes\/[^"]+)"/g)].map(([, file]) => `app/${file}`);
    const existing = [...left.keys()].filter((path) => path.startsWith("app/routes/"));
    expect(existing.sort()).toEqual(named.sort());
  });

  it("uses no function, table or URL of projects and agents", () => {
    const words =
      /\bapi\.(projects|projectKeys|agents|metrics|alert\w*|incidents)\b|\bprojectId\b|"\/api\/v1\/|\b(agentMetrics|timeSeries)\b/;
    const speaking = sources.filter(
      ([path, text]) => !/^tests|^local\/init|\.test\./.test(path) && words.test(text),
    );
    expect(speaking.map(([path]) => path)).toEqual([]);
  });

  it("says no word about agents in its documents, its configuration and its code", () => {
    const words =
      /\b(?<!user.)(agents?|metrics?|alerts|ingest\w*|opentelemetry|otlp|sparklines?|time series)\b/gi;
    const read = /\.(md|toml|yml|example)$|^(app|convex|workers|local)\/.*\.(tsx?|css|js)$/;
    const skipped = /^(packages|local\/init|convex\/_generated)\/|\.test\./;
    const said = [...left]
      .filter(([path]) => read.test(path) && !skipped.test(path))
      .flatMap(([path, text]) =>
        [...cut(text, "original").matchAll(words)].map(([word]) => `${path}: ${word}`),
      );
    expect(said).toEqual([]);
  });

  it("removes only files that exist, and replaces only files that the original has", () => {
    const patterns = patternsOf(files.get(LIST) ?? "");
    const isFound = (pattern: string) =>
      paths.some((path) => (pattern.endsWith("/") ? path.startsWith(pattern) : matchesGlob(path, pattern)));
    expect(patterns.filter((pattern) => !isFound(pattern))).toEqual([]);
    const replaced = paths.filter((path) => path.startsWith(FOLDER) && path !== LIST);
    expect(replaced.length).toBeGreaterThan(3);
    expect(replaced.filter((path) => !files.has(path.slice(FOLDER.length)))).toEqual([]);
  });

  it("removes what only removed files imported, with its unit tests", () => {
    for (const path of ["app/ui/chart.tsx", "app/ui/chart.test.tsx", "convex/model/fold.ts"]) {
      expect([files.has(path), left.has(path)], path).toEqual([true, false]);
    }
    const { scripts, devDependencies } = JSON.parse(left.get("package.json") ?? "");
    const names = Object.keys({ ...scripts, ...devDependencies });
    expect(names).toEqual(expect.arrayContaining(["dev", "wrangler"]));
    for (const name of ["agent", "bench", "standardwebhooks"]) expect(names).not.toContain(name);
    // A peer of a removed package, which no file imports.
    expect(names).not.toContain("@opentelemetry/api");
  });

  it("does not check for gaps in the numbers of decision records, because some are removed", () => {
    const checks = (copy: ReadonlyMap<string, string>) =>
      copy.get("tests/documents.test.ts")?.includes("have numbers without a gap");
    expect([checks(files), checks(left)]).toEqual([true, false]);
  });

  it("has no mark left, so each start of a part has its end", () => {
    const marked = [...left].filter(([path, text]) => {
      return !path.startsWith("local/init/") && /(\/\/|#|\/\*|<!--) agents:/.test(text);
    });
    expect(marked.map(([path]) => path)).toEqual([]);
  });
});

it("cuts parts and lines with the mark, in each kind of comment", () => {
  const text = [
    "a // agents:line",
    "b",
    "  // agents:start",
    "  c",
    "  // agents:end",
    "| d | <!-- agents:line -->",
    "<!-- agents:start -->\ne\n<!-- agents:end -->",
    "f /* agents:line */",
    "",
    "# agents:start\ni\n# agents:end",
    "",
    "# original:start\ng\n# original:end",
    "h `agents:line`",
    "",
  ].join("\n");
  expect(cut(text, "agents")).toBe("b\n\n# original:start\ng\n# original:end\nh `agents:line`\n");
  expect(cut(cut(text, "agents"), "original")).toBe("b\n\nh `agents:line`\n");
});

it("removes imported names that the code does not use", () => {
  const code = `import one, { two, type Three, four as five } from "a";
import { six } from "b";
import "c";
export const seven = (): Three => two(five);
// six
`;
  expect(withoutUnusedImports(code)).toBe(`import { two, type Three, four as five } from "a";
import "c";
export const seven = (): Three => two(five);
// six
`);
});

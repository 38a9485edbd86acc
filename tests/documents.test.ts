/** Checks that links in the documents resolve and that the commands, paths and names in them exist. */
import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

// What a starter has instead is checked there.
const documents = globSync(["*.md", "docs/**/*.md", "packages/*/*.md", "local/**/*.md"]).filter(
  (file) => !file.startsWith("local/init/without-agents/"),
);
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

const BUILT_IN = ["ci", "start", "test"];

/** Variables of Convex's self-hosted backend, which this code does not read. */
const ELSEWHERE = ["CONVEX_CLOUD_ORIGIN", "CONVEX_SITE_ORIGIN"];

const read = (files: string[]) => files.map((file) => readFileSync(file, "utf8")).join("\n");
const worker = read(
  globSync(["app/**/*.{ts,tsx}", "workers/*.ts"]).filter((file) => !file.includes(".test.")),
);
const everything =
  worker +
  read(
    globSync([
      "convex/**/*.ts",
      "packages/*/{src,tests}/**/*.ts",
      "local/**/*.ts",
      "tests/**/*.ts",
      ".github/**/*.yml",
    ]),
  ) +
  read(["wrangler.toml", ".dev.vars.example"]);

/** Returns the code blocks of a language, such as ```` ```json ````. */
function blocks(text: string, language: string): string[] {
  const pattern = new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\``, "gm");
  return [...text.matchAll(pattern)].map((match) => String(match[1]));
}

/** Returns the anchors of a document's headings, as GitHub generates them. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    String(match[1])
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

describe.each(documents)("%s", (file) => {
  const text = readFileSync(file, "utf8");

  it("links to files and headings that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)/g)];
    const lost = links.filter(([, path, anchor]) => {
      const target = path ? join(dirname(file), path) : file;
      if (!existsSync(target)) return true;
      return anchor !== undefined && !anchors(readFileSync(target, "utf8")).includes(anchor);
    });
    expect(lost.map(([link]) => link)).toEqual([]);
  });

  it("names npm scripts that exist", () => {
    const named = [...text.matchAll(/\bnpm run (?:-s )?([a-z][\w:-]*)/g)].map((match) => String(match[1]));
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    const short = [...text.matchAll(/`npm ([a-z]+)/g)].map((match) => String(match[1]));
    expect(short.filter((name) => name !== "run" && !BUILT_IN.includes(name))).toEqual([]);
  });

  it("names paths that exist", () => {
    const paths = [...text.matchAll(/`((?:app|convex|docs|local|packages|tests|workers)\/[\w./-]+)`/g)].map(
      (match) => String(match[1]),
    );
    const roots = [".", dirname(file)];
    expect(paths.filter((path) => !roots.some((root) => existsSync(join(root, path))))).toEqual([]);
  });

  it("names environment variables that the code uses", () => {
    const names = [...text.matchAll(/`([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)(?:=[^`]*)?`/g)].map(([, name]) =>
      String(name),
    );
    expect(names.filter((name) => !everything.includes(name) && !ELSEWHERE.includes(name))).toEqual([]);
  });

  it("shows log lines and jq filters with values that the worker writes", () => {
    const lines = blocks(text, "json")
      .flatMap((block) => block.trim().split("\n"))
      .filter((line) => line.startsWith('{"level"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const shown = lines.flatMap(({ event, outcome, kind }) => [event, outcome, kind]);
    const asked = blocks(text, "jq").flatMap((filter) =>
      [...filter.matchAll(/\.(?:event|outcome|component|action|error)=="([^"]+)"/g)].map(([, word]) => word),
    );
    const words = [...shown, ...asked].filter((word) => typeof word === "string");
    expect(words.filter((word) => !worker.includes(`"${word}"`))).toEqual([]);
  });
});

describe("decision records", () => {
  const records = globSync("docs/decisions/*.md").sort();

  // agents:start
  it("have numbers without a gap, which their headings repeat", () => {
    const numbers = records.map((file) => /(\d{3})-[^/]*$/.exec(file)?.[1]);
    expect(numbers).toEqual(records.map((_, index) => String(index + 1).padStart(3, "0")));
    const headings = records.map((file) => /^# (\d{3}) · \S/.exec(readFileSync(file, "utf8"))?.[1]);
    expect(headings).toEqual(numbers);
  });
  // agents:end

  it.each(records)("%s follows the template", (file) => {
    const PARTS = ["Context.", "Decision.", "Alternatives.", "Consequence.", "Reverse it if"];
    const found = [...readFileSync(file, "utf8").matchAll(/^\*\*([A-Z][^*]*)\*\*/gm)].map(([, part]) => part);
    const isOptional = (part: string) => part === "Alternatives." && !found.includes(part);
    expect(found).toEqual(PARTS.filter((part) => !isOptional(part)));
  });
});

it("the README's table lists every npm script", () => {
  const readme = readFileSync("README.md", "utf8");
  const missing = Object.keys(scripts).filter(
    (name) => !readme.includes(`npm run ${name}\``) && !readme.includes(`npm ${name}\``),
  );
  expect(missing).toEqual([]);
});

it("the runbook lists every log event", () => {
  const runbook = readFileSync("docs/running.md", "utf8");
  const events = [...worker.matchAll(/\b(?:log|createLog\([^)]*\)+)\.(?:info|warn|error)\(\s*"([^"]+)"/g)];
  expect(events.length).toBeGreaterThan(10);
  const names = new Set(events.map(([, name]) => String(name)));
  expect([...names].filter((name) => !runbook.includes(`\`${name}\``))).toEqual([]);
});

// agents:start
it("the commits that CONTRIBUTING.md recommends are in the history", () => {
  const asked = readFileSync("CONTRIBUTING.md", "utf8").matchAll(/Look at \*([^*]+)\*/g);
  const subjects = [...asked].map(([, subject]) => String(subject));
  expect(subjects.length).toBeGreaterThan(0);
  // A checkout without history, or a shallow one, cannot be checked.
  if (!existsSync(".git")) return;
  const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" }).trim();
  if (git("rev-parse", "--is-shallow-repository") === "true") return;
  const history = new Set(git("log", "--format=%s").split("\n"));
  expect(subjects.filter((subject) => !history.has(subject))).toEqual([]);
});
// agents:end

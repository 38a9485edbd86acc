/** What the documents say can be followed: links lead somewhere, commands exist. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const documents = globSync(["*.md", "docs/**/*.md", "local/**/*.md"]);
const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as { scripts: Record<string, string> };

const BUILT_IN = ["ci", "start", "test"];

describe.each(documents)("%s", (file) => {
  const text = readFileSync(file, "utf8");

  it("links to files that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => String(match[1]));
    expect(links.filter((link) => !existsSync(join(dirname(file), link)))).toEqual([]);
  });

  it("names npm scripts that there are", () => {
    const named = [...text.matchAll(/\bnpm run ([a-z][\w:-]*)/g)].map((match) => String(match[1]));
    expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
    const short = [...text.matchAll(/`npm ([a-z]+)/g)].map((match) => String(match[1]));
    expect(short.filter((name) => name !== "run" && !BUILT_IN.includes(name))).toEqual([]);
  });

  it("names paths that there are", () => {
    const paths = [...text.matchAll(/`((?:app|convex|docs|local|tests|workers)\/[\w./-]+)`/g)].map((match) =>
      String(match[1]),
    );
    const roots = [".", dirname(file)];
    expect(paths.filter((path) => !roots.some((root) => existsSync(join(root, path))))).toEqual([]);
  });
});

it("every script is in the README's table", () => {
  const readme = readFileSync("README.md", "utf8");
  const missing = Object.keys(scripts).filter(
    (name) => !readme.includes(`npm run ${name}\``) && !readme.includes(`npm ${name}\``),
  );
  expect(missing).toEqual([]);
});

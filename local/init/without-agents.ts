/**
 * `--without agents`: the files of a copy without projects, agents, metrics and alerts. Everything that it
 * needs to know is in the folder `without-agents/` and in comments of the files that keep a part.
 */
import { matchesGlob } from "node:path";
import { importsOf, withoutUnusedImports } from "./imports.ts";

/** Text files by their path. */
export type Files = ReadonlyMap<string, string>;

/** Holds the list of removed files, and files that replace those with the same path. */
export const FOLDER = "local/init/without-agents/";
export const LIST = `${FOLDER}removed.txt`;

const CODE = /\.[cm]?[jt]sx?$/;

/**
 * Returns a file's text without its marked parts. Of the blank lines around a part, one stays.
 *
 * @param mark - `agents`, or `original` for what only Mosaic itself needs, such as the tests of this command.
 */
export function cut(text: string, mark: "agents" | "original"): string {
  const comment = String.raw`^.*(?:\/\/|#|\/\*|<!--) ${mark}:`;
  const parts = new RegExp(String.raw`${comment}start\b[\s\S]*?${comment}end\b.*\n`, "gm");
  const lines = new RegExp(String.raw`${comment}line\b.*\n`, "gm");
  const without = (rest: string, marked: RegExp) =>
    rest.replaceAll(new RegExp(String.raw`(?<=\n\n)${marked.source}\n`, "gm"), "").replaceAll(marked, "");
  return without(without(text, parts), lines);
}

/** Returns the patterns of the list, without its comments. */
export function patternsOf(list: string): string[] {
  return list.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

function matches(path: string, pattern: string): boolean {
  return pattern.endsWith("/") ? path.startsWith(pattern) : matchesGlob(path, pattern);
}

/**
 * Returns the files of the copy without agents: without those on the list, and without what only they imported.
 *
 * @param files - All files under version control; the text of a picture does not matter.
 */
export function withoutAgents(files: Files): Map<string, string> {
  const patterns = patternsOf(files.get(LIST) ?? "");
  const left = new Map<string, string>();
  for (const [path, text] of files) {
    if (path.startsWith(FOLDER) || patterns.some((pattern) => matches(path, pattern))) continue;
    // This folder says what is cut.
    const kept = path.startsWith("local/init/") ? text : cut(text, "agents");
    left.set(path, kept !== text && CODE.test(path) ? withoutUnusedImports(kept) : kept);
  }
  for (const [path, text] of files) {
    if (path.startsWith(FOLDER) && path !== LIST) left.set(path.slice(FOLDER.length), text);
  }
  removeUnused(files, left);
  trimManifests(files, left);
  return left;
}

const isCode = (path: string) => CODE.test(path) && !path.startsWith("convex/_generated/");

/** Modules that others reach by their path and not by an import. */
const isEntry = (path: string) => path.startsWith("app/routes/") || /^convex\/[^/]+$/.test(path);

/** Returns the file that a unit test is next to and about. */
const subjectOf = (path: string) => path.replace(/\.test(?=\.tsx?$)/, "");

/** Returns everything that the files import: files and packages. A unit test's import of its subject is left out. */
function importedBy(files: Files): Set<string> {
  const imported = new Set<string>();
  for (const [path, text] of files) {
    if (!isCode(path)) continue;
    for (const { target } of importsOf(path, text)) if (target !== subjectOf(path)) imported.add(target);
  }
  return imported;
}

/**
 * Removes files that nothing uses any more: neither a file that was not imported before either, such as a
 * command, nor a file that such a file imports. A unit test goes with its subject.
 */
function removeUnused(files: Files, left: Map<string, string>): void {
  const imported = importedBy(files);
  const used = new Set<string>();
  const use = (path: string) => {
    const text = left.get(path);
    if (text === undefined || used.has(path)) return;
    used.add(path);
    for (const { target } of importsOf(path, text)) use(target);
    for (const test of testsOf(path)) use(test);
  };
  const isOfItself = (path: string) => subjectOf(path) === path || !testedBy(files, path);
  const begins = (path: string) => isEntry(path) || (!imported.has(path) && isOfItself(path));
  for (const path of left.keys()) if (!isCode(path) || begins(path)) use(path);
  for (const path of left.keys()) if (!used.has(path)) left.delete(path);
}

function testsOf(path: string): string[] {
  return [".ts", ".tsx"].map((suffix) => path.replace(/\.tsx?$/, `.test${suffix}`));
}

/** Returns whether the subject of a unit test exists, with either suffix. */
function testedBy(files: Files, test: string): boolean {
  return [".ts", ".tsx"].some((suffix) => files.has(test.replace(/\.test\.tsx?$/, suffix)));
}

const DESCRIPTION = "A starter: React Router on Cloudflare Workers with WorkOS and Convex.";

type Packages = Record<string, string>;
type Manifest = {
  description: string;
  scripts: Record<string, string>;
  dependencies: Packages;
  devDependencies: Packages;
};
type Peers = { peerDependencies?: Packages; peerDependenciesMeta?: Record<string, { optional?: boolean }> };
type Lock = { packages: Record<string, Manifest & Peers> };

/** Removes from the manifests the scripts, packages and entry points that only removed files used. */
function trimManifests(files: Files, left: Map<string, string>): void {
  const isLost = lostPackages(files, left);
  edit<Manifest>(left, "package.json", (manifest) => {
    for (const [name, command] of Object.entries(manifest.scripts)) {
      const file = command.match(/\S+\.ts\b/)?.[0];
      if (file !== undefined && !left.has(file)) delete manifest.scripts[name];
    }
    manifest.description = DESCRIPTION;
    dropFrom(manifest, isLost);
  });
  edit<Lock>(left, "package-lock.json", ({ packages }) => {
    if (packages[""] !== undefined) dropFrom(packages[""], isLost);
  });
  edit<{ workspaces: Record<string, { entry: string[] }> }>(left, "knip.json", ({ workspaces }) => {
    const root = workspaces["."];
    if (root === undefined) return;
    const paths = [...left.keys()];
    root.entry = root.entry.filter((pattern) => paths.some((path) => matchesGlob(path, pattern)));
  });
}

/** Returns a test for packages that only removed files imported, and for peers of such packages alone. */
function lostPackages(files: Files, left: Files): (name: string) => boolean {
  const [before, after] = [importedBy(files), importedBy(left)].map((imported) => {
    const targets = [...imported];
    return (name: string) => targets.some((target) => target === name || target.startsWith(`${name}/`));
  }) as [(name: string) => boolean, (name: string) => boolean];
  const isLost = (name: string) => before(name) && !after(name);
  const { packages } = JSON.parse(files.get("package-lock.json") ?? '{"packages":{}}') as Lock;
  const { dependencies, devDependencies } = packages[""] ?? {};
  const names = Object.keys({ ...dependencies, ...devDependencies });
  const needs = (by: string, name: string) => {
    const { peerDependencies, peerDependenciesMeta } = packages[`node_modules/${by}`] ?? {};
    return peerDependencies?.[name] !== undefined && !peerDependenciesMeta?.[name]?.optional;
  };
  return (name) => {
    if (before(name)) return !after(name);
    const neededBy = names.filter((by) => needs(by, name));
    return neededBy.length > 0 && neededBy.every(isLost);
  };
}

function dropFrom({ dependencies, devDependencies }: Manifest, isLost: (name: string) => boolean): void {
  for (const list of [dependencies, devDependencies]) {
    for (const name of Object.keys(list)) if (isLost(name)) delete list[name];
  }
}

function edit<T>(files: Map<string, string>, path: string, change: (value: T) => void): void {
  const text = files.get(path);
  if (text === undefined) return;
  const value: T = JSON.parse(text);
  change(value);
  files.set(path, `${JSON.stringify(value, null, 2)}\n`);
}

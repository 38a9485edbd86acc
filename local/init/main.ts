/**
 * `npm run init -- --name "X" [--slug x] [--without agents]`: gives this copy another name, or leaves a starter
 * without projects and agents. See docs/upgrading.md.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { type Names, namesFrom, ORIGINAL, rename } from "./names.ts";
import { cut, LIST, withoutAgents } from "./without-agents.ts";

const USAGE = 'npm run init -- --name "Night Watch" [--slug night-watch] [--without agents]';

/** Files that keep the name: who wrote this, and the words that are replaced. */
const KEPT = /^(LICENSE|local\/init\/[^/]*)$/;

/** A reason not to begin or to end early, for the user. */
class InitError extends Error {
  override name = "InitError";
}

type Wishes = { names: Names | null; withoutAgents: boolean };

function readWishes(): Wishes {
  const options = {
    name: { type: "string" },
    slug: { type: "string" },
    without: { type: "string" },
  } as const;
  let values: { name?: string; slug?: string; without?: string };
  try {
    ({ values } = parseArgs({ options }));
  } catch (error) {
    throw new InitError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
  const { name, slug, without } = values;
  if (without !== undefined && without !== "agents") {
    throw new InitError(`--without takes only "agents".\n${USAGE}`);
  }
  if (name === undefined && (without === undefined || slug !== undefined)) throw new InitError(USAGE);
  const names = name === undefined ? null : namesFrom(name.trim(), slug);
  if (typeof names === "string") throw new InitError(names);
  return { names, withoutAgents: without !== undefined };
}

/** Returns the part of the wishes that this copy does not fulfill yet. */
function openWishes({ names, withoutAgents }: Wishes): Wishes {
  const { name: current } = JSON.parse(readFileSync("package.json", "utf8")) as { name: string };
  const isNamed = names === null || (current === names.slug && names.title !== ORIGINAL.title);
  const isOriginal = names?.title === ORIGINAL.title && names.slug === ORIGINAL.slug;
  if (!isNamed && current !== ORIGINAL.slug) {
    throw new InitError(
      `This copy was renamed to ${current} before. Only the original can be renamed, because its name is no other word.`,
    );
  }
  return {
    names: isNamed || isOriginal ? null : names,
    withoutAgents: withoutAgents && existsSync(LIST),
  };
}

function git(...args: string[]): string {
  const { status, stdout, error } = spawnSync("git", args, { encoding: "utf8", maxBuffer: 1e8 });
  if (error || status !== 0) {
    throw new InitError(
      "This copy is not in git, so nothing could be undone. Run `git init`, add and commit first.",
    );
  }
  return stdout;
}

/** Returns every text file under version control. */
function readFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const file of git("ls-files", "-z").split("\0")) {
    // A file that was just removed is listed until that is committed.
    if (file === "" || !existsSync(file)) continue;
    const bytes = readFileSync(file);
    // A picture: its path alone matters.
    files.set(file, bytes.includes(0) ? "" : bytes.toString("utf8"));
  }
  return files;
}

/** Removes a file, and the folders that are empty without it. */
function removeFile(file: string): void {
  rmSync(file);
  for (let folder = dirname(file); readdirSync(folder).length === 0; folder = dirname(folder)) {
    rmdirSync(folder);
  }
}

/** Writes what has changed. Returns how many files are written and removed. */
function writeFiles(before: Map<string, string>, after: Map<string, string>) {
  const removed = [...before.keys()].filter((file) => !after.has(file));
  const changed = [...after].filter(([file, text]) => before.get(file) !== text);
  for (const file of removed) removeFile(file);
  for (const [file, text] of changed) writeFileSync(file, text);
  return { changed: changed.length, removed: removed.length };
}

/** Runs a script of an installed package, with its output hidden unless it fails. */
function run(script: string, ...args: string[]): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: "utf8" });
  if (status === 0) return;
  throw new InitError(
    `${script} failed. Run \`npm ci\`, \`git restore .\` and try again.\n${stdout}${stderr}`.trimEnd(),
  );
}

/** Brings what is generated from the sources, and what only removed files used, up to date. */
function settleStarter(): void {
  const npm = spawnSync("npm", ["install", "--package-lock-only", "--offline", "--ignore-scripts"], {
    encoding: "utf8",
  });
  if (npm.status !== 0) throw new InitError(`npm could not update package-lock.json.\n${npm.stderr}`);
  run("node_modules/convex/bin/main.js", "codegen", "--system-udfs", "--typecheck", "disable");
  // Of exports that only removed files imported, the word `export` goes.
  run("node_modules/knip/bin/knip.js", "--fix", "--fix-type", "exports", "--no-exit-code", "--no-progress");
}

const BIOME = "node_modules/@biomejs/biome/bin/biome";

function init(): string {
  const started = Date.now();
  const wishes = readWishes();
  const { names, withoutAgents: removing } = openWishes(wishes);
  if (names === null && !removing) return "This copy is so already. Nothing was changed.";
  const before = readFiles();
  if (git("status", "--porcelain") !== "") {
    throw new InitError(
      "There are changes that are not committed. Commit or stash them, so that this can be undone.",
    );
  }
  if (!existsSync(BIOME)) throw new InitError("The packages are not installed. Run `npm ci` first.");
  const said: string[] = [];
  if (removing) {
    const { changed, removed } = writeFiles(before, withoutAgents(before));
    settleStarter();
    said.push(`Removed projects, agents and alerts: deleted ${removed} files and edited ${changed}.`);
  }
  if (names !== null) {
    const now = readFiles();
    const renamed = new Map(
      [...now]
        .map(([file, text]) => [file, KEPT.test(file) ? text : rename(cut(text, "original"), names)] as const)
        // A file of which nothing is left was only about the original.
        .filter(([file, text]) => text !== "" || now.get(file) === ""),
    );
    const { changed } = writeFiles(now, renamed);
    said.push(`Renamed Mosaic to ${names.title} (${names.slug}) in ${changed} files.`);
  }
  for (const rule of ["noUnusedImports", "noUnusedFunctionParameters"]) {
    spawnSync(process.execPath, [BIOME, "lint", "--write", "--unsafe", `--only=correctness/${rule}`]);
  }
  // Lines have other lengths now, and imports another order.
  spawnSync(process.execPath, [BIOME, "check", "--write", "."]);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  return `${said.join("\n")}
It took ${seconds} s.

Next:
  npm ci            link the packages as they are now
  npm run check     typecheck, lint and unit tests
  npm run shots     new pictures${removing ? "" : "; copy two of them to docs/images"}
  git diff          read it, then commit it

The logo is in app/ui/logo.tsx and app/ui/favicon.svg. LICENSE keeps the name of its authors.`;
}

try {
  process.stdout.write(`${init()}\n`);
} catch (error) {
  if (!(error instanceof InitError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

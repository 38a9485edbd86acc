/** `npm run init -- --name "X" [--slug x]`: gives this copy another name. See docs/upgrading.md. */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Names, namesFrom, ORIGINAL, rename } from "./names.ts";

const USAGE = 'npm run init -- --name "Night Watch" [--slug night-watch]';

/** Files that keep the name: who wrote this, and the words that are replaced. */
const KEPT = /^(LICENSE|local\/init\/.*)$/;

/** A reason not to begin, for the user. */
class InitError extends Error {
  override name = "InitError";
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

function readNames(): Names {
  let values: { name?: string; slug?: string };
  try {
    ({ values } = parseArgs({ options: { name: { type: "string" }, slug: { type: "string" } } }));
  } catch (error) {
    throw new InitError(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  }
  if (values.name === undefined) throw new InitError(USAGE);
  const names = namesFrom(values.name.trim(), values.slug);
  if (typeof names === "string") throw new InitError(names);
  return names;
}

/** Rewrites every text file under version control, and returns how many changed. */
function renameFiles(names: Names): number {
  let changed = 0;
  for (const file of git("ls-files", "-z").split("\0")) {
    if (file === "" || KEPT.test(file)) continue;
    const bytes = readFileSync(file);
    if (bytes.includes(0)) continue;
    const text = bytes.toString("utf8");
    const renamed = rename(text, names);
    if (renamed === text) continue;
    writeFileSync(file, renamed);
    changed++;
  }
  return changed;
}

function init(): string {
  const started = Date.now();
  const names = readNames();
  if (names.title === ORIGINAL.title && names.slug === ORIGINAL.slug) return "This is its name already.";
  const current = (JSON.parse(readFileSync("package.json", "utf8")) as { name: string }).name;
  if (current === names.slug) return `This copy is ${names.title} already. Nothing was changed.`;
  if (current !== ORIGINAL.slug) {
    throw new InitError(
      `This copy was renamed to ${current} before. Only the original can be renamed, because its name is no other word.`,
    );
  }
  if (git("status", "--porcelain") !== "") {
    throw new InitError(
      "There are changes that are not committed. Commit or stash them, so that this can be undone.",
    );
  }
  const changed = renameFiles(names);
  // Lines have other lengths now, and imports another order.
  spawnSync(process.execPath, ["node_modules/@biomejs/biome/bin/biome", "check", "--write", "."], {
    stdio: "ignore",
  });
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  return `Renamed Mosaic to ${names.title} (${names.slug}) in ${changed} files, in ${seconds} s.

Next:
  npm ci            link the renamed package
  npm run check     typecheck, lint and unit tests
  npm run shots     new pictures; copy two of them to docs/images
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

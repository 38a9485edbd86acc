/** `.dev.vars`: how the launcher reads a person's, and writes the worker's. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** What a file of `NAME=value` lines says; nothing where there is no such file. */
export function readDevVars(file: string): Record<string, string | undefined> {
  try {
    // Some editors begin a file with a mark, which would become part of the first name.
    return parseEnv(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

/**
 * Writes variables where only this user may read them.
 *
 * Wrangler and its Vite plugin read a file of this name beside their configuration, prefer it to everything
 * else, and take its values as they stand (with `--env-file` they would expand `$`).
 */
export function writeDevVars(file: string, variables: Record<string, string>): void {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quote(name, value)}\n`);
  rmSync(file, { force: true }); // a mode is only set on a new file
  writeFileSync(file, lines.join(""), { mode: 0o600 });
}

/** The format has no escapes, so a value goes between quotes that it does not contain. */
function quote(name: string, value: string): string {
  const mark = ["'", "`"].find((candidate) => !value.includes(candidate));
  if (mark !== undefined) return mark + value + mark;
  if (!value.includes('"') && !/\\[nr]/.test(value)) return `"${value}"`;
  throw new Error(`${name} has every kind of quote in it, which cannot be passed to the worker.`);
}

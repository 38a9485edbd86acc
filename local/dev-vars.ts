/** Reading and writing of `.dev.vars` files. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";

/** Returns the values of a file of `NAME=value` lines; no values if the file does not exist. */
export function readDevVars(file: string): Record<string, string | undefined> {
  try {
    // Some editors start a file with a byte order mark, which would become part of the first name.
    return parseEnv(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

/**
 * Writes variables to a file that only this user may read.
 *
 * Wrangler and its Vite plugin prefer a file of this name next to their configuration to any other source,
 * and take its values literally (with `--env-file` they would expand `$`).
 */
export function writeDevVars(file: string, variables: Record<string, string>): void {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quote(name, value)}\n`);
  rmSync(file, { force: true }); // the mode applies only to a new file
  writeFileSync(file, lines.join(""), { mode: 0o600 });
}

/** Returns a quoted value. The format has no escapes, so the quotes must not occur in the value. */
function quote(name: string, value: string): string {
  const mark = ["'", "`"].find((candidate) => !value.includes(candidate));
  if (mark !== undefined) return mark + value + mark;
  if (!value.includes('"') && !/\\[nr]/.test(value)) return `"${value}"`;
  throw new Error(`${name} has every kind of quote in it, which cannot be passed to the worker.`);
}

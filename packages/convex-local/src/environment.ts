/**
 * Environment variables of the functions: those that the backend was started with, and the changes of `convex env`, which
 * are stored next to the data file and win.
 */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseJson } from "./values/json.ts";

/** Convex's limits: characters of a name, bytes of a value, and variables. */
const LONGEST_NAME = 256;
const LONGEST_VALUE = 8192;

/** A new value, or null to remove the variable. */
export type VariableChange = { name: string; value: string | null };

/** A change is not allowed. The code is Convex's. */
export class VariableError extends Error {
  override name = "VariableError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The variables. */
export class Environment {
  readonly #file: string;
  readonly #base: Readonly<Record<string, string>>;
  readonly #changes: Map<string, string | null>;

  /**
   * @param dataFile - Path of the data file.
   * @param base - The variables that the backend was started with.
   */
  constructor(dataFile: string, base: Readonly<Record<string, string>>) {
    this.#file = `${dataFile}.environment`;
    this.#base = base;
    this.#changes = new Map(stored(this.#file));
  }

  all(): Record<string, string> {
    const all = { ...this.#base };
    for (const [name, value] of this.#changes) {
      if (value === null) delete all[name];
      else all[name] = value;
    }
    return all;
  }

  /**
   * Changes variables, all or none.
   *
   * @throws {VariableError} when a name or a value is not allowed.
   */
  update(changes: readonly VariableChange[]): void {
    for (const change of changes) check(change);
    for (const { name, value } of changes) this.#changes.set(name, value);
    const text = JSON.stringify(Object.fromEntries(this.#changes));
    // A crash in between keeps the old file.
    writeFileSync(`${this.#file}.new`, text, { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}

function stored(file: string): [string, string | null][] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return []; // Nothing was ever changed.
  }
  const json = parseJson(text);
  if (json === null || typeof json !== "object") throw new Error(`${file} is not a JSON object.`);
  return Object.entries(json).map(([name, value]) => [name, typeof value === "string" ? value : null]);
}

function check({ name, value }: VariableChange): void {
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name)) {
    throw new VariableError(
      "EnvironmentVariableNameInvalid",
      `The environment variable name ${name} is invalid. Environment variable names must begin with a letter and may only include characters a-z, A-Z, 0-9, and underscores.`,
    );
  }
  if (name.length > LONGEST_NAME) {
    throw new VariableError(
      "EnvironmentVariableNameTooLong",
      `The environment variable name ${name} is too long. Environment variable names must be less than ${LONGEST_NAME}.`,
    );
  }
  if (["CONVEX_CLOUD_URL", "CONVEX_SITE_URL", "CONVEX_URL"].includes(name)) {
    throw new VariableError(
      "EnvVarNameForbidden",
      `Environment variable with name "${name}" is built-in and cannot be overridden`,
    );
  }
  const bytes = Buffer.byteLength(value ?? "");
  if (bytes > LONGEST_VALUE) {
    throw new VariableError(
      "EnvironmentVariableValueTooLarge",
      `The environment variable value is ${bytes} bytes, which is too large. (max size: ${LONGEST_VALUE}`,
    );
  }
}

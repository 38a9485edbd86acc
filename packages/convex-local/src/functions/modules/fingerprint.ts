/** Fingerprint of a version of the functions, the same on every machine. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { SourceFiles } from "./source-files.ts";

/** Returns the SHA-256 in hexadecimal of the names and texts of all modules, the schema and the configurations. */
export async function fingerprintOf({ modules, schema, authConfig, config }: SourceFiles): Promise<string> {
  const others = Object.entries({ schema, "auth.config": authConfig, "convex.config": config });
  const files: [string, string][] = [
    ...modules.map(({ name, file }): [string, string] => [name, file]),
    ...others.flatMap(([name, file]): [string, string][] => (file === null ? [] : [[name, file]])),
  ];
  files.sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash("sha256");
  for (const [name, file] of files) {
    // Git may check out files with other line endings.
    const text = (await readFile(file, "utf8")).replaceAll("\r\n", "\n");
    hash.update(`${name}\0${text.length}\0${text}\0`);
  }
  return hash.digest("hex");
}

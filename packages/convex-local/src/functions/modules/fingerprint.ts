/** One short string for a version of the functions: the same sources give the same one, on any machine. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { SourceFiles } from "./source-files.ts";

/** @returns SHA-256, in hexadecimal, over the modules' names and texts, the schema and the configurations among them. */
export async function fingerprintOf({ modules, schema, authConfig, config }: SourceFiles): Promise<string> {
  const alone = Object.entries({ schema, "auth.config": authConfig, "convex.config": config });
  const files: [string, string][] = [
    ...modules.map(({ name, file }): [string, string] => [name, file]),
    ...alone.flatMap(([name, file]): [string, string][] => (file === null ? [] : [[name, file]])),
  ];
  files.sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash("sha256");
  for (const [name, file] of files) {
    // Git may write a checkout's lines with other ends than the next one's.
    const text = (await readFile(file, "utf8")).replaceAll("\r\n", "\n");
    hash.update(`${name}\0${text.length}\0${text}\0`);
  }
  return hash.digest("hex");
}

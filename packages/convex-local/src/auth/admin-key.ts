/** Admin key, stored next to the data file for the commands that inspect and seed. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Returns the path of the key of a data file. */
export function adminKeyFile(dataFile: string): string {
  return `${dataFile}.admin-key`;
}

/** Returns the key of a data file. Creates it, readable only by its owner, if there is none. */
export function adminKeyFor(dataFile: string): string {
  const file = adminKeyFile(dataFile);
  if (existsSync(file)) {
    const kept = readFileSync(file, "utf8").trim();
    if (kept !== "") return kept;
  }
  const key = `local|${randomBytes(32).toString("hex")}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return key;
}

/** Compares in constant time. */
export function matchesAdminKey(given: string, key: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(key));
}

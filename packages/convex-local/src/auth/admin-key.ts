/** The key that may do everything, kept in a file beside the data for the commands that look and seed. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Where the key of a data file is. */
export function adminKeyFile(dataFile: string): string {
  return `${dataFile}.admin-key`;
}

/** The key beside a data file, made at the first start and readable by its owner only. */
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

/** Compares in a time that does not tell how much of the key was right. */
export function matchesAdminKey(given: string, key: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(key));
}

import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { adminKeyFile, adminKeyFor, matchesAdminKey } from "./admin-key.ts";

test("a data file keeps its key, which only its owner can read", () => {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-key-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dataFile = join(folder, "not", "there", "data.sqlite");
  const key = adminKeyFor(dataFile);
  expect(adminKeyFor(dataFile)).toBe(key);
  expect(statSync(adminKeyFile(dataFile)).mode & 0o777).toBe(0o600);
  expect(adminKeyFor(join(folder, "other.sqlite"))).not.toBe(key);
});

test("only the whole key matches", () => {
  expect(matchesAdminKey("local|abc", "local|abc")).toBe(true);
  for (const other of ["", "local|ab", "local|abcd", "LOCAL|ABC"])
    expect(matchesAdminKey(other, "local|abc")).toBe(false);
});

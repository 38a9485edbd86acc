import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { adminKeyFile, adminKeyFor, matchesAdminKey } from "./admin-key.ts";

test("keeps the key of a data file, readable only by its owner", () => {
  const folder = mkdtempSync(join(tmpdir(), "convex-local-key-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const dataFile = join(folder, "not", "there", "data.sqlite");
  const key = adminKeyFor(dataFile);
  expect(adminKeyFor(dataFile)).toBe(key);
  expect(statSync(adminKeyFile(dataFile)).mode & 0o777).toBe(0o600);
  expect(adminKeyFor(join(folder, "other.sqlite"))).not.toBe(key);
});

test("matches only the complete key", () => {
  expect(matchesAdminKey("local|abc", "local|abc")).toBe(true);
  for (const other of ["", "local|ab", "local|abcd", "LOCAL|ABC"])
    expect(matchesAdminKey(other, "local|abc")).toBe(false);
});

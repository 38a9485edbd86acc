import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { Engine } from "../../engine/engine.ts";
import { Store } from "../../engine/store.ts";
import { isUuid, newId } from "../../values/id.ts";
import { FileCodes } from "./file-codes.ts";
import { StoredFiles } from "./stored-files.ts";

const HOUR_MS = 3_600_000;

test("an upload URL is valid for one hour", () => {
  const folder = mkdtempSync(join(tmpdir(), "convex-local-upload-"));
  const file = join(folder, "data.sqlite");
  const engine = new Engine(new Store(file), Date.now);
  onTestFinished(() => {
    engine.close();
    rmSync(folder, { recursive: true });
  });
  const files = new StoredFiles(engine, file);
  const token = files.uploadToken("a", 0);
  expect(files.openToken(token, HOUR_MS - 1)).toBe("a");
  expect(() => files.openToken(token, HOUR_MS)).toThrow("Store File Authorization expired");
  expect(() => files.openToken(`${token}x`, 0)).toThrow("Couldn't decode");
});

test("the code of a file is a UUID that differs for each secret", () => {
  const codes = new FileCodes(Buffer.from("one"));
  const id = newId(200);
  const code = codes.codeOf(id);
  expect(isUuid(code)).toBe(true);
  expect(codes.idOf(code, 200)).toBe(id);
  expect(new FileCodes(Buffer.from("two")).codeOf(id)).not.toBe(code);
});

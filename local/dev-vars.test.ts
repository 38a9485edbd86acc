import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unstable_getVarsForDev } from "wrangler";
import { readDevVars, writeDevVars } from "./dev-vars.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mosaic-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe(".dev.vars", () => {
  it("has no values if the file does not exist", () => {
    expect(readDevVars(join(folder, ".dev.vars"))).toEqual({});
  });

  it("is read by wrangler with the same values, whatever characters they contain", () => {
    const values = {
      PLAIN: "abc",
      EMPTY: "",
      DOLLAR: "a$b$c",
      HASH: "a #b",
      JSON: '{"2":"it\'s","1":"a\\nb"}',
      TICKS: "`'a",
    };
    writeDevVars(join(folder, ".dev.vars"), values);
    const read = unstable_getVarsForDev(join(folder, "wrangler.json"), undefined, {}, undefined, true);
    expect(Object.fromEntries(Object.entries(read).map(([name, { value }]) => [name, value]))).toEqual(
      values,
    );
  });

  it("rejects a value that the format cannot represent", () => {
    expect(() => writeDevVars(join(folder, ".dev.vars"), { A: "'`\"" })).toThrow(
      /^A has every kind of quote/,
    );
  });

  it("is readable only by its owner, even if the file existed before", () => {
    const file = join(folder, ".dev.vars");
    writeFileSync(file, "", { mode: 0o644 });
    writeDevVars(file, { A: "1" });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

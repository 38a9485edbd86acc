import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BUILT_CONFIG, fillInNamespaces } from "./built.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "mosaic-built-"));
  mkdirSync(join(root, "build/server"), { recursive: true });
  const built = { name: "mosaic", kv_namespaces: [{ binding: "NOTICES" }] };
  writeFileSync(join(root, BUILT_CONFIG), JSON.stringify(built));
});

afterEach(() => rmSync(root, { recursive: true }));

const namespaces = () => JSON.parse(readFileSync(join(root, BUILT_CONFIG), "utf8")).kv_namespaces;

test("uses the namespace that an earlier deploy created", () => {
  const listed = [
    { id: "1", title: "mosaic-staging-notices" },
    { id: "2", title: "mosaic-notices" },
  ];
  const warning = '▲ [WARNING] Processing wrangler.json: "kv_namespaces[0]" is new [beta]\n\n';
  const printed = `${warning}${JSON.stringify(listed, null, 2)}\n[an update is there]\n`;
  expect(fillInNamespaces(root, printed)).toEqual([]);
  expect(namespaces()).toEqual([{ binding: "NOTICES", id: "2" }]);
});

test.each(["[]", "", "[\n]\n", "▲ [WARNING] out of date\n[]\n"])(
  "lets wrangler create the namespace if there is none (%j)",
  (listed) => {
    expect(fillInNamespaces(root, listed)).toEqual(["NOTICES"]);
    expect(namespaces()).toEqual([{ binding: "NOTICES" }]);
  },
);

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { exportText, parseExportText } from "./export-json.ts";
import { readZip, ZipWriter } from "./zip-file.ts";

async function pathOf(name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "convex-local-zip-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, name);
}

test("entries of a ZIP file are read as they were written", async () => {
  const path = await pathOf("a.zip");
  const zip = await ZipWriter.create(path);
  const long = "0123456789".repeat(100_000);
  await zip.add("empty", []);
  await zip.add("folder/ünïcode.txt", ["héllo ", Buffer.from("wörld")]);
  await zip.add("long", [long]);
  await zip.finish();
  const entries = await readZip(path);
  expect(entries.map(({ name }) => name)).toEqual(["empty", "folder/ünïcode.txt", "long"]);
  expect(await Promise.all(entries.map(({ read }) => text(read())))).toEqual(["", "héllo wörld", long]);
});

test("a file that is not a ZIP file is rejected", async () => {
  const path = await pathOf("a.txt");
  await writeFile(path, "not a ZIP file");
  await expect(readZip(path)).rejects.toThrow("not a ZIP file");
});

test("the JSON of exports keeps the difference between integers and numbers", () => {
  const document = {
    integer: { $integer: "BQAAAAAAAAA=" },
    number: 5,
    small: 1e-7,
    large: 1e300,
    fraction: 0.5,
    zero: { $float: "AAAAAAAAAIA=" },
    infinite: { $float: "AAAAAAAA8H8=" },
    bytes: { $bytes: "AQI=" },
    nested: [{ a: null }, true, "5"],
  };
  const exported = exportText(document);
  expect(exported).toContain('"integer":5,');
  expect(exported).toContain('"number":5.0,');
  expect(exported).toContain('"zero":-0.0');
  expect(parseExportText(exported)).toEqual({ ...document, zero: -0 });
});

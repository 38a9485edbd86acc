/** Rows of an import: documents of a CSV, JSON or JSON Lines file, or of the tables in a ZIP file of `npx convex export`. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { JSONValue } from "convex/values";
import { parseJson } from "../values/json.ts";
import { parseExportText } from "./export-json.ts";
import { readZip, type ZipEntry } from "./zip-file.ts";

export type ImportFormat = "csv" | "jsonLines" | "jsonArray" | "zip";

/** One table of an import. */
export type ImportedTable = { component: string; name: string; rows(): AsyncIterable<JSONValue> };

/** A stored file of an import, by its id. */
export type ImportedFile = { component: string; id: string; read(): Readable };

export type ImportedData = { tables: ImportedTable[]; files: ImportedFile[] };

/** The file is malformed. */
export class ImportError extends Error {
  override name = "ImportError";
}

/**
 * Opens an import.
 *
 * @param file - The file.
 * @param format - Its format.
 * @param target - The table of all rows, and the component; in a ZIP file, the component that contains all tables.
 * @throws {ImportError} when it is a ZIP file and cannot be read. Other rows throw it when they are read.
 */
export async function openImport(
  file: string,
  format: ImportFormat,
  { component, table = "" }: { component: string; table?: string | undefined },
): Promise<ImportedData> {
  if (format === "zip") return openZip(await entriesOf(file), component);
  const rows = (): AsyncIterable<JSONValue> => {
    if (format === "jsonArray") return arrayRows(file);
    return format === "csv" ? csvRows(file) : lineRows(createReadStream(file), parseJson);
  };
  return { tables: [{ component, name: table, rows }], files: [] };
}

async function entriesOf(file: string): Promise<ZipEntry[]> {
  try {
    return await readZip(file);
  } catch (error) {
    throw new ImportError(error instanceof Error ? error.message : String(error));
  }
}

function openZip(entries: readonly ZipEntry[], base: string): ImportedData {
  const uniform = new Set(
    entries.map(({ name }) => name).filter((name) => /generated_schema\.jsonl$/.test(name)),
  );
  const data: ImportedData = { tables: [], files: [] };
  for (const { name: path, read } of entries) {
    const match = /^(?<folders>(?:_components\/[^/]+\/)*)(?<table>[^/]+)\/(?<file>[^/]+)$/.exec(path);
    const { folders = "", table = "", file = "" } = match?.groups ?? {};
    const names = folders.split("/").filter((name, i) => i % 2 === 1 && name !== "");
    const component = [base, ...names].filter((name) => name !== "").join("/");
    if (file === "documents.jsonl") {
      const isExport = table.startsWith("_") || uniform.has(`${folders}${table}/generated_schema.jsonl`);
      const parse = isExport && table !== "_tables" ? parseExportText : parseJson;
      data.tables.push({ component, name: table, rows: () => lineRows(read(), parse) });
    } else if (table === "_storage") {
      data.files.push({ component, id: file.replace(/\..*$/, ""), read });
    }
  }
  return data;
}

async function* lineRows(input: Readable, parse: (text: string) => JSONValue): AsyncGenerator<JSONValue> {
  let number = 0;
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number++;
    if (line.trim() !== "") yield parsed(line, number, parse);
  }
}

function parsed(text: string, row: number, parse: (text: string) => JSONValue): JSONValue {
  let value: JSONValue;
  try {
    value = parse(text);
  } catch (error) {
    throw new ImportError(`Row ${row} wasn't valid JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value))
    throw new ImportError(`Row ${row} wasn't an object`);
  return value;
}

async function* arrayRows(file: string): AsyncGenerator<JSONValue> {
  let array: JSONValue;
  try {
    array = parseJson(await readFile(file, "utf8"));
  } catch (error) {
    throw new ImportError(`Not valid JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (!Array.isArray(array)) throw new ImportError("Not a JSON array");
  yield* array;
}

/** Cells that are numbers become numbers, as in Convex. */
async function* csvRows(file: string): AsyncGenerator<JSONValue> {
  const [header, ...rows] = parseCsv(await readFile(file, "utf8"));
  if (!header) throw new ImportError("CSV file doesn't have headers");
  const names = header.map((name) => name.trim());
  for (const [i, cells] of rows.entries()) {
    if (cells.length !== names.length)
      throw new ImportError(`CSV row ${i + 1} doesn't have all of the fields in the header`);
    yield Object.fromEntries(names.map((name, column) => [name, cellOf(cells[column] ?? "")]));
  }
}

function cellOf(text: string): string | number {
  const number = Number(text);
  return text.trim() === "" || Number.isNaN(number) ? text : number;
}

/** @see https://www.rfc-editor.org/rfc/rfc4180 */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain = "", end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g)) {
    if (end === "" && quoted === undefined && plain === "" && row.length === 0) break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    rows.push(row);
    row = [];
    if (end === "") break;
  }
  return rows;
}

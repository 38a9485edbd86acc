/**
 * Export file: a header with the table numbers, then one line for each document. Ids contain the number of their table,
 * so an import into a backend with other numbers replaces them.
 */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import type { JSONValue } from "convex/values";
import type { TableSummary } from "../backend.ts";
import type { TableNumbers } from "../snapshots/renumbering.ts";
import { parseJson } from "../values/json.ts";
import { CommandError } from "./deployment.ts";

const FORMAT = "local-convex-export-1";

export type ExportedDocument = { table: string; document: JSONValue };

export function headerLine(tables: readonly TableSummary[]): string {
  const numbers = Object.fromEntries(tables.map(({ name, number }) => [name, number]));
  return JSON.stringify({ format: FORMAT, tables: numbers });
}

export function documentLine(table: string, document: JSONValue): string {
  return JSON.stringify({ table, document });
}

/**
 * Reads the header.
 *
 * @throws {CommandError} when the file cannot be read, or has no header.
 */
export async function readHeader(file: string): Promise<TableNumbers> {
  for await (const line of linesOf(file)) {
    const header = objectIn(line);
    const tables = header?.format === FORMAT ? header.tables : null;
    if (isNumbers(tables)) return tables;
    break;
  }
  throw new CommandError(`${file} is not an export: it has no header.`);
}

/**
 * Reads all documents.
 *
 * @throws {CommandError} when a line is not a document of one of the tables.
 */
export async function* readDocuments(file: string, tables: TableNumbers): AsyncGenerator<ExportedDocument> {
  let number = 0;
  for await (const line of linesOf(file)) {
    number++;
    if (number === 1 || line === "") continue;
    const read = objectIn(line);
    if (read === null || typeof read.table !== "string" || !Object.hasOwn(tables, read.table)) {
      throw new CommandError(`${file}, line ${number}: this is not a document of one of its tables.`);
    }
    yield { table: read.table, document: read.document ?? null };
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  try {
    yield* createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function objectIn(line: string): { [field: string]: JSONValue | undefined } | null {
  try {
    const value = parseJson(line);
    return value !== null && typeof value === "object" && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function isNumbers(value: JSONValue | undefined): value is TableNumbers {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  return Object.values(value).every((number) => Number.isInteger(number));
}

/** Admin commands: run a function, list documents, export and import them. */
import { createWriteStream, rmSync } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { JSONValue } from "convex/values";
import { renumbering, type TableNumbers } from "../snapshots/renumbering.ts";
import { parseJson } from "../values/json.ts";
import { CommandError, type Deployment, type DocumentPage } from "./deployment.ts";
import { documentLine, headerLine, readDocuments, readHeader } from "./export-file.ts";

/** Limits of one request: documents, and characters of their JSON. */
const BATCH = 500;
const BATCH_CHARACTERS = 4_000_000;

export type Print = (line: string) => void;

/** Runs a function of any kind, including internal ones, and prints its result as JSON. Its log lines go to `printLog`. */
export async function runFunction(
  deployment: Deployment,
  { path, args, identity }: { path: string; args: string; identity: string | null },
  print: Print,
  printLog: Print,
): Promise<void> {
  const answer = await deployment.run(path, parseArguments(args), identity);
  for (const line of answer.logLines) printLog(line.trimEnd());
  if (answer.status === "error") throw new CommandError(`${path} failed: ${messageOf(answer.errorMessage)}`);
  print(JSON.stringify(answer.value, null, 2));
}

/** Prints each table with its number of documents. */
export async function listTables(deployment: Deployment, print: Print): Promise<void> {
  const tables = (await deployment.tables()).toSorted((a, b) => a.name.localeCompare(b.name));
  const width = Math.max(0, ...tables.map(({ name }) => name.length));
  for (const { name, documents } of tables) print(`${name.padEnd(width)}  ${documents}`);
}

/** Prints documents of a table, one per line. */
export async function showTable(
  deployment: Deployment,
  { table, limit, order }: { table: string; limit: number; order: string },
  print: Print,
): Promise<void> {
  let left = limit;
  for await (const page of pagesOf(deployment, { table, order, limit: String(Math.min(limit, BATCH)) })) {
    for (const document of page.documents.slice(0, left)) print(JSON.stringify(document));
    left -= page.documents.length;
    if (left <= 0) return;
  }
}

/** Writes all documents, as of one timestamp, to a new file that only its owner can read. */
export async function exportTo(deployment: Deployment, file: string, print: Print): Promise<void> {
  const tables = await deployment.tables();
  let count = 0;
  async function* lines(): AsyncGenerator<string> {
    yield `${headerLine(tables)}\n`;
    let ts: string | null = null;
    for (const { name: table } of tables) {
      const parameters = { table, order: "asc", limit: String(BATCH) };
      for await (const page of pagesOf(deployment, parameters, ts)) {
        ts = page.ts;
        count += page.documents.length;
        for (const document of page.documents) yield `${documentLine(table, document)}\n`;
      }
    }
  }
  try {
    await pipeline(lines, createWriteStream(file, { flags: "wx", mode: 0o600 }));
  } catch (error) {
    if (error instanceof Error && "syscall" in error && error.syscall === "open")
      throw new CommandError(`${file} cannot be written: ${error.message}`);
    // An incomplete export is useless.
    rmSync(file, { force: true });
    throw error;
  }
  print(`${count} documents of ${tables.length} tables are in ${file}.`);
}

/** Imports the documents of a file. Tables must be empty, or are emptied first with `replace`. */
export async function importFrom(
  deployment: Deployment,
  { file, replace }: { file: string; replace: boolean },
  print: Print,
): Promise<void> {
  const theirs = await readHeader(file);
  for await (const _ of readDocuments(file, theirs)); // Reads the file to the end first, so that a malformed one changes nothing.
  const names = Object.keys(theirs);
  // An empty import fails if the table does not exist, and creates it if there is no schema.
  for (const name of names) await deployment.importDocuments(name, [], false);
  const tables = await deployment.tables();
  const full = tables.filter(({ name, documents }) => documents > 0 && names.includes(name));
  if (!replace && full.length > 0) {
    const list = full.map(({ name }) => name).join(", ");
    throw new CommandError(
      `Nothing was imported because these tables have documents: ${list}. Use --replace to delete them first.`,
    );
  }
  const ours: TableNumbers = Object.fromEntries(tables.map(({ name, number }) => [name, number]));
  for (const name of names) if (replace) await deployment.importDocuments(name, [], true);
  const renumber = renumbering(theirs, ours);
  let count = 0;
  for await (const { table, documents } of batchesOf(file, theirs)) {
    await deployment.importDocuments(table, documents.map(renumber), false);
    count += documents.length;
  }
  print(`${count} documents are in ${names.length} tables.`);
}

/** Prints the environment variables of the functions, or one of them. */
export async function showEnvironment(
  deployment: Deployment,
  name: string | undefined,
  print: Print,
): Promise<void> {
  const env = await deployment.environment();
  if (name === undefined) {
    for (const [key, value] of Object.entries(env).toSorted()) print(`${key}=${value}`);
    return;
  }
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value === undefined) throw new CommandError(`${name} is not set for the functions.`);
  print(value);
}

/** Reads all pages at one timestamp: that of the first page, unless another is given. */
async function* pagesOf(
  deployment: Deployment,
  parameters: Record<string, string>,
  moment: string | null = null,
): AsyncGenerator<DocumentPage> {
  let ts = moment;
  let cursor: string | null = null;
  do {
    const page: DocumentPage = await deployment.documents({
      ...parameters,
      ...(cursor !== null && { cursor }),
      ...(ts !== null && { ts }),
    });
    yield page;
    ts = page.ts;
    cursor = page.cursor;
  } while (cursor !== null);
}

async function* batchesOf(file: string, tables: TableNumbers) {
  let batch: { table: string; documents: JSONValue[] } | null = null;
  let characters = 0;
  for await (const { table, document } of readDocuments(file, tables)) {
    const full = batch !== null && (batch.documents.length === BATCH || characters > BATCH_CHARACTERS);
    if (batch !== null && (full || batch.table !== table)) yield batch;
    if (batch === null || full || batch.table !== table) {
      batch = { table, documents: [] };
      characters = 0;
    }
    batch.documents.push(document);
    characters += JSON.stringify(document).length;
  }
  if (batch !== null) yield batch;
}

/** Returns the error without request id and stack. */
function messageOf(errorMessage: string): string {
  return errorMessage
    .replace(/^\[Request ID: \w+\] Server Error\n(?:Uncaught )?/, "")
    .replace(/\n {4}at .*/g, "")
    .trimEnd();
}

function parseArguments(text: string): JSONValue {
  try {
    return parseJson(text);
  } catch (error) {
    throw new CommandError(`The arguments are not JSON: ${error instanceof Error ? error.message : error}`);
  }
}

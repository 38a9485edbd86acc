/** Exports for `npx convex export`: one ZIP file in Convex's format with all tables at one timestamp. */
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { convexToJson, type JSONValue } from "convex/values";
import type { TableSummary } from "../backend.ts";
import type { SnapshotData } from "./data.ts";
import { exportText } from "./export-json.ts";
import { ZipWriter } from "./zip-file.ts";

const PAGE = 500;
const README = "Documents of this Convex deployment, for `npx convex import`.\n";

/** Creates exports and keeps the newest. */
export class Exports {
  readonly #data: SnapshotData;
  readonly #folder: string;
  readonly #log: (line: string) => void;
  #running = false;

  /** @param folder - The folder of the files. */
  constructor(data: SnapshotData, folder: string, log: (line: string) => void) {
    this.#data = data;
    this.#folder = folder;
    this.#log = log;
  }

  /** Requests an export. Its state is stored, so that clients can wait for it. Returns false if one is running. */
  async request(includeStorage: boolean): Promise<boolean> {
    if (this.#running) return false;
    this.#running = true;
    try {
      const id = await this.#save({ state: "requested" });
      void this.#run(id, includeStorage);
    } catch (error) {
      this.#running = false;
      throw error;
    }
    return true;
  }

  /** Returns the file of an export, or null if it is not kept. */
  async read(ts: string): Promise<Buffer | null> {
    return /^\d+$/.test(ts) ? readFile(this.#fileOf(ts)).catch(() => null) : null;
  }

  async #run(id: string, includeStorage: boolean): Promise<void> {
    try {
      await this.#save({ state: "in_progress" }, id);
      await mkdir(this.#folder, { recursive: true });
      for (const name of await readdir(this.#folder))
        if (name.endsWith(".zip")) await rm(join(this.#folder, name));
      const ts = this.#data.now();
      await this.#write(ts, includeStorage);
      const complete = this.#data.now();
      const state = { state: "completed", start_ts: ts, complete_ts: complete, zip_object_key: `${ts}.zip` };
      await this.#save(convexToJson(state), id);
    } catch (error) {
      this.#log(`An export failed: ${error instanceof Error ? error.message : String(error)}`);
      await this.#save({ state: "failed" }, id).catch(() => undefined);
    } finally {
      this.#running = false;
    }
  }

  async #write(ts: bigint, includeStorage: boolean): Promise<void> {
    const zip = await ZipWriter.create(this.#fileOf(String(ts)));
    await zip.add("README.md", [README]);
    const tables = Map.groupBy(await this.#data.tables(), ({ component }) => component);
    for (const [component, all] of tables) {
      const own = all.filter(({ name }) => !name.startsWith("_"));
      const prefix = prefixOf(component);
      await zip.add(
        `${prefix}_tables/documents.jsonl`,
        own.map(({ name, number }) => `${JSON.stringify({ name, id: number })}\n`),
      );
      for (const table of own) await this.#addTable(zip, prefix, table, ts);
      if (includeStorage) await this.#addFiles(zip, prefix, component, ts);
    }
    await zip.finish();
  }

  async #addTable(
    zip: ZipWriter,
    prefix: string,
    { component, name }: TableSummary,
    ts: bigint,
  ): Promise<void> {
    const documents = this.#documents(component, name, ts);
    await zip.add(`${prefix}${name}/documents.jsonl`, linesOf(documents));
    await zip.add(`${prefix}${name}/generated_schema.jsonl`, ['"uniform"\n']);
  }

  async #addFiles(zip: ZipWriter, prefix: string, component: string, ts: bigint): Promise<void> {
    await zip.add(`${prefix}_storage/documents.jsonl`, linesOf(this.#documents(component, "_storage", ts)));
    for await (const document of this.#documents(component, "_storage", ts)) {
      const id = idOf(document);
      const file = await this.#data.readFile(id, component);
      if (file) await zip.add(`${prefix}_storage/${id}`, [Buffer.from(file.body)]);
    }
  }

  async *#documents(component: string, table: string, at: bigint): AsyncGenerator<JSONValue> {
    let cursor: string | null = null;
    do {
      const request = { component, cursor, limit: PAGE, order: "asc", at } as const;
      const page: Awaited<ReturnType<SnapshotData["documents"]>> = await this.#data.documents(table, request);
      yield* page.documents;
      cursor = page.cursor;
    } while (cursor !== null);
  }

  #fileOf(ts: string): string {
    return join(this.#folder, `${ts}.zip`);
  }

  #save(state: JSONValue, id?: string): Promise<string> {
    return this.#data.saveProgress({ table: "_exports", state, ...(id === undefined ? {} : { id }) });
  }
}

/** Returns the folder of a component in the file. */
function prefixOf(component: string): string {
  return component === ""
    ? ""
    : component
        .split("/")
        .map((name) => `_components/${name}/`)
        .join("");
}

async function* linesOf(documents: AsyncIterable<JSONValue>): AsyncGenerator<string> {
  for await (const document of documents) yield `${exportText(document)}\n`;
}

function idOf(document: JSONValue): string {
  const id = document !== null && typeof document === "object" && !Array.isArray(document) && document._id;
  return typeof id === "string" ? id : "";
}

/** What holders of the admin key may do: documents of all tables, exports, imports, environment variables and logs. */
import type { JSONValue } from "convex/values";
import type {
  DocumentsPage,
  DocumentsRequest,
  FunctionUse,
  ImportOptions,
  Statistics,
  TableSummary,
  Timestamp,
} from "./backend.ts";
import type { Environment, VariableChange } from "./environment.ts";
import type { Executions } from "./executions.ts";
import type { StoredFile } from "./functions/tables/stored-files.ts";
import type { Progress } from "./functions/threads/thread-messages.ts";
import type { ThreadPair } from "./functions/threads/thread-pair.ts";
import type { SnapshotData } from "./snapshots/data.ts";
import { Exports } from "./snapshots/exports.ts";
import { Imports } from "./snapshots/imports.ts";

type Parts = {
  threads: ThreadPair;
  environment: Environment;
  executions: Executions;
  /** Path of the data file. */
  dataFile: string;
  /** Returns the timestamp of the newest commit. */
  now(): Timestamp;
  log(line: string): void;
};

/** Administers a backend. */
export class Administration implements SnapshotData, Statistics {
  readonly executions: Executions;
  readonly exports: Exports;
  readonly imports: Imports;
  readonly now: () => Timestamp;
  readonly #threads: ThreadPair;
  readonly #environment: Environment;

  constructor({ threads, environment, executions, dataFile, now, log }: Parts) {
    this.#threads = threads;
    this.#environment = environment;
    this.executions = executions;
    this.now = now;
    const folder = `${dataFile}.snapshots`;
    this.exports = new Exports(this, folder, log);
    this.imports = new Imports(this, folder);
  }

  async tables(): Promise<TableSummary[]> {
    return (await this.#threads.engine()).request({ type: "tables" });
  }

  async documents(table: string, page: DocumentsRequest): Promise<DocumentsPage> {
    return (await this.#threads.engine()).request({ type: "documents", table, page });
  }

  async importDocuments(table: string, documents: JSONValue[], options: ImportOptions): Promise<void> {
    await (await this.#threads.engine()).request({ type: "import", table, documents, ...options });
  }

  async functionUse(): Promise<FunctionUse[]> {
    return (await this.#threads.engine()).request({ type: "functionUse" });
  }

  async saveProgress(progress: Progress): Promise<string> {
    return (await this.#threads.engine()).request({ type: "saveProgress", progress });
  }

  async readFile(id: string, component: string): Promise<StoredFile | null> {
    return (await this.#threads.engine()).request({ type: "readFile", storageId: id, component });
  }

  async restoreFile(component: string, document: JSONValue, body: Uint8Array): Promise<void> {
    await (await this.#threads.engine()).request({ type: "restoreFile", component, document, body });
  }

  /** Returns the environment variables of the functions. */
  environment(): Record<string, string> {
    return this.#environment.all();
  }

  /**
   * Changes environment variables, and loads the functions again.
   *
   * @throws {VariableError} when a name or a value is not allowed.
   */
  async changeEnvironment(changes: readonly VariableChange[]): Promise<void> {
    this.#environment.update(changes);
    await this.#threads.setEnvironment(this.#environment.all());
  }
}

/** What holders of the admin key may do: documents of all tables, environment variables and logs. */
import type { JSONValue } from "convex/values";
import type {
  DocumentsPage,
  DocumentsRequest,
  FunctionUse,
  ImportOptions,
  Statistics,
  TableSummary,
  Tables,
} from "./backend.ts";
import type { Environment, VariableChange } from "./environment.ts";
import type { Executions } from "./executions.ts";
import type { Progress } from "./functions/threads/thread-messages.ts";
import type { ThreadPair } from "./functions/threads/thread-pair.ts";

/** Administers a backend. */
export class Administration implements Tables, Statistics {
  readonly executions: Executions;
  readonly #threads: ThreadPair;
  readonly #environment: Environment;

  constructor(threads: ThreadPair, environment: Environment, executions: Executions) {
    this.#threads = threads;
    this.#environment = environment;
    this.executions = executions;
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

  /** Stores the state of an import or export, to which clients can subscribe. Returns the id of its document. */
  async saveProgress(progress: Progress): Promise<string> {
    return (await this.#threads.engine()).request({ type: "saveProgress", progress });
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

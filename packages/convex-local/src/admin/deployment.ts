/** Client of the admin commands for a running local backend. */
import { readFileSync } from "node:fs";
import type { JSONValue } from "convex/values";
import { adminKeyFile } from "../auth/admin-key.ts";
import type { FunctionUse, TableSummary, TokenRefreshes } from "../backend.ts";

/** An error that the command reports in one line. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

export type DocumentPage = { documents: JSONValue[]; cursor: string | null; ts: string };

type RunAnswer =
  | { status: "success"; value: JSONValue; logLines: string[] }
  | { status: "error"; errorMessage: string; errorData?: JSONValue; logLines: string[] };

/** A running backend. */
export class Deployment {
  readonly #url: string;
  readonly #key: string;

  /** @throws {CommandError} when there is no admin key next to the data file. */
  constructor(url: string, dataFile: string) {
    this.#url = url;
    this.#key = readKey(adminKeyFile(dataFile));
  }

  /**
   * Runs a function.
   *
   * @param path - The function, as `module:export`.
   * @param args - Its arguments.
   * @param identity - The identity of the caller as JSON, or null.
   */
  run(path: string, args: JSONValue, identity: string | null): Promise<RunAnswer> {
    const as = identity === null ? "" : `:${Buffer.from(identity).toString("base64")}`;
    return this.#request("/api/function", { path, args, format: "json" }, as);
  }

  tables(): Promise<TableSummary[]> {
    return this.#request("/api/local/tables");
  }

  documents(parameters: Record<string, string>): Promise<DocumentPage> {
    return this.#request(`/api/local/documents?${new URLSearchParams(parameters)}`);
  }

  async importDocuments(table: string, documents: JSONValue[], replace: boolean): Promise<void> {
    await this.#request("/api/local/documents", { table, documents, replace });
  }

  /** Returns the highest use of each function, and what token refreshes cost. */
  use(): Promise<{ functions: FunctionUse[]; tokenRefreshes: TokenRefreshes }> {
    return this.#request("/api/local/use");
  }

  environment(): Promise<Record<string, string>> {
    return this.#request("/api/local/environment");
  }

  /** @throws {CommandError} when the backend does not respond, or rejects the request. */
  async #request<Body>(path: string, body?: JSONValue, as = ""): Promise<Body> {
    const response = await this.#fetch(path, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Convex ${this.#key}${as}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const answer = parseAnswer<Body & { message?: string }>(await response.text());
    if (answer !== null && (response.ok || response.status === FUNCTION_FAILED)) return answer;
    if (response.status === 401 && as === "") {
      throw new CommandError(
        `The backend at ${this.#url} has another admin key, so it uses another data file.`,
      );
    }
    const reason = answer?.message ?? `status ${response.status}`;
    throw new CommandError(`${this.#url} rejected the request: ${reason}`);
  }

  async #fetch(path: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.#url}${path}`, request);
    } catch {
      throw new CommandError(`No backend responds at ${this.#url}. Start it first.`);
    }
  }
}

/** The status of a function that ran and failed. */
const FUNCTION_FAILED = 560;

function readKey(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    throw new CommandError(`There is no admin key at ${file}. Start the backend first, or pass --data.`);
  }
}

/** Parses a response of the backend, or returns null if it is not JSON. */
function parseAnswer<Answer>(text: string): Answer | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

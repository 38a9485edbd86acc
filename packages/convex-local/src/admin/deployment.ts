/** The line from the commands to a running local Convex: its address, its admin key, and its answers. */
import { readFileSync } from "node:fs";
import type { JSONValue } from "convex/values";
import { adminKeyFile } from "../auth/admin-key.ts";
import type { TableSummary } from "../backend.ts";

/** What a person is told in one line, and the command ends with 1. */
export class CommandRefused extends Error {
  override readonly name = "CommandRefused";
}

export type DocumentPage = { documents: JSONValue[]; cursor: string | null; ts: string };

type RunAnswer =
  | { status: "success"; value: JSONValue; logLines: string[] }
  | { status: "error"; errorMessage: string; errorData?: JSONValue; logLines: string[] };

export class Deployment {
  readonly #url: string;
  readonly #key: string;

  /** @throws CommandRefused when there is no admin key beside the data file. */
  constructor(url: string, dataFile: string) {
    this.#url = url;
    this.#key = readKey(adminKeyFile(dataFile));
  }

  /** @param identity who the function is to see as its caller, as JSON */
  run(path: string, args: JSONValue, identity: string | null): Promise<RunAnswer> {
    const as = identity === null ? "" : `:${Buffer.from(identity).toString("base64")}`;
    return this.#ask("/api/function", { path, args, format: "json" }, as);
  }

  tables(): Promise<TableSummary[]> {
    return this.#ask("/api/local/tables");
  }

  documents(parameters: Record<string, string>): Promise<DocumentPage> {
    return this.#ask(`/api/local/documents?${new URLSearchParams(parameters)}`);
  }

  async importDocuments(table: string, documents: JSONValue[], replace: boolean): Promise<void> {
    await this.#ask("/api/local/documents", { table, documents, replace });
  }

  environment(): Promise<Record<string, string>> {
    return this.#ask("/api/local/environment");
  }

  /** @throws CommandRefused when nothing answers, or with the server's own reason. */
  async #ask<Body>(path: string, body?: JSONValue, as = ""): Promise<Body> {
    const response = await this.#fetch(path, {
      method: body === undefined ? "GET" : "POST",
      headers: { authorization: `Convex ${this.#key}${as}`, "content-type": "application/json" },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok || response.status === FUNCTION_FAILED) return answer as Body;
    if (response.status === 401 && as === "") {
      throw new CommandRefused(`What answers at ${this.#url} has another admin key: it has other data.`);
    }
    const reason = (answer as { message?: string } | null)?.message ?? `status ${response.status}`;
    throw new CommandRefused(`${this.#url} refused: ${reason}`);
  }

  async #fetch(path: string, request: RequestInit): Promise<Response> {
    try {
      return await fetch(`${this.#url}${path}`, request);
    } catch {
      throw new CommandRefused(`Nothing answers at ${this.#url}. Start the backend first.`);
    }
  }
}

/** The status of a function that was run, and failed. */
const FUNCTION_FAILED = 560;

function readKey(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    throw new CommandRefused(`There is no admin key at ${file}. Start the backend first, or pass --data.`);
  }
}

/** The latest executions of functions, which the published command line shows as logs. */
import { randomUUID } from "node:crypto";
import type { FunctionCall, Outcome, SubscriptionRequest, SubscriptionResult } from "./backend.ts";

/** Kept executions. */
const LIMIT = 1000;

export type ExecutionKind = "Query" | "Mutation" | "Action" | "HttpAction";

/** What ran. */
export type Execution = {
  kind: ExecutionKind;
  component: string;
  /** `module:export`, or method and path of an HTTP action. */
  path: string;
  identity: "admin" | "user" | "none";
  ms: number;
  error: string | null;
  logLines: string[];
};

/** An execution in the form of Convex's `FunctionExecutionJson`. Times are in seconds. */
export type ExecutionEntry = {
  kind: "Completion";
  udfType: ExecutionKind;
  componentPath: string | null;
  identifier: string;
  logLines: string[];
  timestamp: number;
  executionTimestamp: number;
  executionTime: number;
  cachedResult: false;
  success: null;
  error: string | null;
  requestId: string;
  executionId: string;
  caller: "Unknown";
  identityType: string;
  environment: "isolate";
  willRetry: false;
  usageStats: Record<string, never>;
};

type Page = { entries: ExecutionEntry[]; newCursor: number };

/** A kept execution, with its number and when it ended, in Unix ms. */
type Kept = { number: number; at: number; execution: Execution };

/** Keeps the latest executions and waits for new ones. */
export class Executions {
  /** The execution with this number is at its remainder by the limit. */
  readonly #kept: Kept[] = [];
  readonly #ids = randomUUID().slice(0, 24);
  #count = 0;
  #waiting = new Set<() => void>();
  /** Unix ms of the newest execution; always increases. */
  #newest = 0;

  /** Adds an execution. Every call passes here, so what only readers need is made when they read. */
  add(execution: Execution): void {
    this.#newest = Math.max(Date.now(), this.#newest + 0.01);
    const number = this.#count++;
    this.#kept[number % LIMIT] = { number, at: this.#newest, execution };
    for (const wake of this.#waiting) wake();
  }

  /** Notes that a call begins. The returned function adds it with its outcome, and returns what it gets. */
  begin(
    kind: ExecutionKind,
    call: FunctionCall,
  ): <Result extends { outcome: Outcome }>(result: Result) => Result {
    const began = performance.now();
    return (result) => {
      this.addCall(kind, call, result.outcome, performance.now() - began);
      return result;
    };
  }

  /** Notes that a batch of subscriptions begins. Each gets an equal part of its time. */
  beginBatch(requests: readonly SubscriptionRequest[]): (results: readonly SubscriptionResult[]) => void {
    const began = performance.now();
    return (results) => {
      const ms = (performance.now() - began) / results.length;
      const calls = new Map(requests.map(({ id, call }) => [id, call]));
      for (const { id, outcome } of results) {
        const call = calls.get(id);
        if (call) this.addCall("Query", call, outcome, ms);
      }
    };
  }

  /** Adds the outcome of a call that took this many milliseconds. */
  addCall(kind: ExecutionKind, call: FunctionCall, outcome: Outcome, ms: number): void {
    const { path, component = "", caller } = call;
    if (path.startsWith("_system/")) return;
    this.add({
      kind,
      component,
      path,
      identity: caller === "internal" ? "admin" : call.identity === null ? "none" : "user",
      ms,
      error: outcome.ok ? null : outcome.errorMessage,
      logLines: outcome.logLines,
    });
  }

  /**
   * Returns the executions after a cursor.
   *
   * @param cursor - Unix ms, 0 for all that are kept.
   * @param ended - Ends the wait when it is aborted. The page is empty then.
   */
  async after(cursor: number, ended: AbortSignal): Promise<Page> {
    if (this.#newest <= cursor) await this.#next(ended);
    const newer = this.#kept.filter(({ at }) => at > cursor).sort((a, b) => a.number - b.number);
    return {
      entries: newer.map((kept) => this.#entryOf(kept)),
      newCursor: Math.max(cursor, this.#newest),
    };
  }

  #entryOf({ number, at, execution }: Kept): ExecutionEntry {
    const { kind, component, path, identity, ms, error, logLines } = execution;
    const id = `${this.#ids}${number.toString(16).padStart(12, "0")}`;
    return {
      kind: "Completion",
      udfType: kind,
      componentPath: component === "" ? null : component,
      identifier: path,
      logLines,
      timestamp: at / 1000,
      executionTimestamp: (at - ms) / 1000,
      executionTime: ms / 1000,
      cachedResult: false,
      success: null,
      error,
      requestId: id,
      executionId: id,
      caller: "Unknown",
      identityType: identity,
      environment: "isolate",
      willRetry: false,
      usageStats: {},
    };
  }

  #next(ended: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        ended.removeEventListener("abort", wake);
        resolve();
      };
      if (ended.aborted) resolve();
      this.#waiting.add(wake);
      ended.addEventListener("abort", wake);
    });
  }
}

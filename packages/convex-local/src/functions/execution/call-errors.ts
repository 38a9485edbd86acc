/** What goes wrong in a call: refused before anything ran, or thrown by the function. How each is told to the caller. */
import { resolve } from "node:path";
import { convexToJson, type JSONValue, type Value } from "convex/values";
import type { BackendErrorCode, Outcome } from "../../backend.ts";

/** A call that ran nothing: no such function, another kind, and so on. The main thread rejects the call with it. */
export class CallRefused extends Error {
  override name = "CallRefused";
  readonly code: BackendErrorCode;
  constructor(code: BackendErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export class ArgumentValidationError extends Error {
  override name = "ArgumentValidationError";
}

export class ReturnsValidationError extends Error {
  override name = "ReturnsValidationError";
}

/** An error with data, on its way through a syscall to the function that called. */
export type ErrorWithData = Error & { data?: JSONValue };

/** What a function threw, as a caller inside the same backend gets it. */
export type Thrown = { name: string; message: string; stack: string; data?: JSONValue };

const CONVEX_ERROR = Symbol.for("ConvexError");

/** @param thrown whatever user code threw */
export function readThrown(thrown: unknown): Thrown {
  if (typeof thrown !== "object" || thrown === null)
    return { name: "Error", message: String(thrown), stack: "" };
  const error = thrown as Partial<Error> & { data?: unknown };
  const read: Thrown = {
    name: typeof error.name === "string" ? error.name : "Error",
    message: typeof error.message === "string" ? error.message : String(thrown),
    stack: typeof error.stack === "string" ? error.stack : "",
  };
  if (CONVEX_ERROR in thrown) {
    read.name = "ConvexError";
    read.data = dataOf(error.data);
  }
  return read;
}

/** The data of a ConvexError: the published package has already made it text when it leaves a function. */
function dataOf(data: unknown): JSONValue {
  if (typeof data === "string") {
    try {
      return JSON.parse(data) as JSONValue;
    } catch {
      return data;
    }
  }
  return convexToJson((data ?? null) as Value);
}

/** The error to throw from a syscall, so that the published package makes a ConvexError of it again. */
export function toSyscallError(thrown: unknown): ErrorWithData {
  const { message, data } = readThrown(thrown);
  const error: ErrorWithData = new Error(message);
  if (data !== undefined) error.data = data;
  return error;
}

/** The store refused a commit: what is in memory and what is in the file may differ, so the thread must start anew. */
export class CommitFailed extends Error {
  override name = "CommitFailed";
  constructor(cause: unknown) {
    super(`The database could not be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** What the caller outside is told of an error, in development. */
export function toOutcome(thrown: unknown, requestId: string, logLines: string[]): Outcome {
  const { name, message, stack, data } = readThrown(thrown);
  const errorMessage = `[Request ID: ${requestId}] Server Error\nUncaught ${name}: ${message}${framesOf(stack)}`;
  return { ok: false, errorMessage, logLines, ...(data === undefined ? {} : { errorData: data }) };
}

/** As the cloud does in production: no log lines, and of an error nothing but a ConvexError's data. */
export function redacted(outcome: Outcome): Outcome {
  if (outcome.ok) return { ...outcome, logLines: [] };
  return { ...outcome, errorMessage: outcome.errorMessage.split("\n", 1)[0] ?? "", logLines: [] };
}

/** The error behind an outcome, for a function that called the one that failed. */
export function errorOf(outcome: Extract<Outcome, { ok: false }>): ErrorWithData {
  const head = /^\[Request ID: \w+\] Server Error\n(?:Uncaught (?:Convex)?Error: )?/;
  const error: ErrorWithData = new Error(outcome.errorMessage.replace(head, ""));
  if (outcome.errorData !== undefined) error.data = outcome.errorData;
  return error;
}

/** The folder of this package's sources, which no stack of a user's function shows. */
const OWN_SOURCES = `${resolve(import.meta.dirname, "../..")}/`;

/** The lines of a stack that lie in the user's own files, as paths from the project's folder. */
function framesOf(stack: string): string {
  const frames: string[] = [];
  for (const line of stack.split("\n")) {
    const match =
      /^\s+at (?:async )?(?:(?<name>\S+) )?(?:\[as [^\]]+\] )?\(?(?:file:\/\/)?(?<file>\/[^()]+:\d+:\d+)\)?$/.exec(
        line,
      );
    const file = match?.groups?.file;
    if (!file || file.includes("/node_modules/") || file.startsWith(OWN_SOURCES)) continue;
    const cwd = `${process.cwd()}/`;
    frames.push(
      `\n    at ${match?.groups?.name ?? "handler"} (${file.startsWith(cwd) ? file.slice(cwd.length) : file})`,
    );
  }
  return frames.slice(0, 10).join("");
}

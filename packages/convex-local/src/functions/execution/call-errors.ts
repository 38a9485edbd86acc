/** Errors of calls: rejected before anything ran, or thrown by the function. Converts them for the caller. */
import { resolve } from "node:path";
import { convexToJson, type JSONValue, type Value } from "convex/values";
import type { BackendErrorCode, Outcome } from "../../backend.ts";
import { parseJson } from "../../values/json.ts";

/** The call was rejected before anything ran, for example because there is no such function. */
export class CallRejectedError extends Error {
  override name = "CallRejectedError";
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

/** An error with data that a syscall throws into the calling function. */
export type ErrorWithData = Error & { data?: JSONValue };

/** A thrown value, read defensively. */
export type Thrown = { name: string; message: string; stack: string; data?: JSONValue };

const CONVEX_ERROR = Symbol.for("ConvexError");

/** Reads a value that user code threw. */
export function readThrown(thrown: unknown): Thrown {
  if (typeof thrown !== "object" || thrown === null)
    return { name: "Error", message: String(thrown), stack: "" };
  const text = (property: string, otherwise: string): string => {
    const value: unknown = Reflect.get(thrown, property);
    return typeof value === "string" ? value : otherwise;
  };
  const read: Thrown = {
    name: text("name", "Error"),
    message: text("message", String(thrown)),
    stack: text("stack", ""),
  };
  if (CONVEX_ERROR in thrown) {
    read.name = "ConvexError";
    read.data = dataOf(Reflect.get(thrown, "data"));
  }
  return read;
}

/** Returns the data of a ConvexError. The published package converts it to JSON text when it leaves a function. */
function dataOf(data: Value | undefined): JSONValue {
  if (typeof data === "string") {
    try {
      return parseJson(data);
    } catch {
      return data;
    }
  }
  return convexToJson(data ?? null);
}

/** Returns the error to throw from a syscall. The published package turns one with data into a ConvexError. */
export function toSyscallError(thrown: unknown): ErrorWithData {
  const { message, data } = readThrown(thrown);
  const error: ErrorWithData = new Error(message);
  if (data !== undefined) error.data = data;
  return error;
}

/** A commit could not be written. Memory and file may differ, so the thread must restart. */
export class CommitError extends Error {
  override name = "CommitError";
  constructor(cause: unknown) {
    super(`The database could not be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** Returns the outcome of a failed call for the caller, as in development. */
export function toOutcome(thrown: unknown, requestId: string, logLines: string[]): Outcome {
  const { name, message, stack, data } = readThrown(thrown);
  const errorMessage = `[Request ID: ${requestId}] Server Error\nUncaught ${name}: ${message}${framesOf(stack)}`;
  return { ok: false, errorMessage, logLines, ...(data === undefined ? {} : { errorData: data }) };
}

/** Redacts an outcome as the cloud does in production: without log lines, and with only the data of a ConvexError. */
export function redacted(outcome: Outcome): Outcome {
  if (outcome.ok) return { ...outcome, logLines: [] };
  return { ...outcome, errorMessage: outcome.errorMessage.split("\n", 1)[0] ?? "", logLines: [] };
}

/** Returns the error of an outcome, for the function that made the call. */
export function errorOf(outcome: Extract<Outcome, { ok: false }>): ErrorWithData {
  const head = /^\[Request ID: \w+\] Server Error\n(?:Uncaught (?:Convex)?Error: )?/;
  const error: ErrorWithData = new Error(outcome.errorMessage.replace(head, ""));
  if (outcome.errorData !== undefined) error.data = outcome.errorData;
  return error;
}

/** The folder of this package's sources. Their frames are left out of stacks. */
const OWN_SOURCES = `${resolve(import.meta.dirname, "../..")}/`;

/** Returns the frames of a stack in the user's own files, with paths relative to the working directory. */
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

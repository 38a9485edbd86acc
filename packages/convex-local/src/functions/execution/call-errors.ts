/** Errors of calls: rejected before anything ran, or thrown by the function. Converts them for the caller. */
import { types } from "node:util";
import { convexToJson, type JSONValue, type Value } from "convex/values";
import type { BackendErrorCode, Outcome } from "../../backend.ts";
import { parseJson } from "../../values/json.ts";
import { framesOf } from "../isolate/stack-frames.ts";

/** The longest message of an error of user code, in characters, as in Convex. */
const MAX_MESSAGE_LENGTH = 65_536;

/** The call was rejected before anything ran, for example because there is no such function. */
export class CallRejectedError extends Error {
  override name = "CallRejectedError";
  readonly code: BackendErrorCode;
  constructor(code: BackendErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The call may succeed if it is repeated. Functions cannot catch the error. */
export class RetryableError extends CallRejectedError {
  override name = "RetryableError";
  /** Convex's name of the failure, such as `OptimisticConcurrencyControlFailure`. */
  readonly reason: string;
  constructor(reason: string, message: string) {
    super("retry", message);
    this.reason = reason;
  }
}

/** The backend ended the call. Unlike an error that a function throws, callers get the message unchanged. */
export class CallFailedError extends Error {
  override name = "CallFailedError";
  readonly frames: string;

  /**
   * Creates the error.
   *
   * @param message - The message.
   * @param frames - Frames of the function, each on a line that ends with a line break.
   */
  constructor(message: string, frames = "") {
    super(message);
    this.frames = frames;
  }
}

/** An error for the function that made a call: a syscall or a function that it called has failed. */
export class NestedCallError extends Error {
  override name = "NestedCallError";
  readonly data: JSONValue | undefined;
  constructor(message: string, data: JSONValue | undefined) {
    super(message);
    this.data = data;
  }
}

/** A failed call: its message, the frames of the function as lines, and the data of a ConvexError. */
export type Failure = { message: string; frames: string; data?: JSONValue };

const CONVEX_ERROR = Symbol.for("ConvexError");

/** Describes a value that a function threw, or an error with which the backend ended the call. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof CallFailedError) return { message: thrown.message, frames: thrown.frames };
  if (thrown instanceof RetryableError) return { message: thrown.message, frames: "" };
  if (typeof thrown !== "object" || thrown === null)
    return { message: `Uncaught ${String(thrown)}`, frames: "" };
  if (!types.isNativeError(thrown) && !(thrown instanceof Error))
    return { message: `Uncaught #<${thrown.constructor?.name ?? "Object"}>`, frames: "" };
  const failure: Failure = {
    message: uncaught(textOf(thrown, "name", "Error"), textOf(thrown, "message", "")),
    frames: framesOf(thrown) ?? "",
  };
  if (CONVEX_ERROR in thrown) failure.data = dataOf(Reflect.get(thrown, "data"));
  return failure;
}

/** Returns the message for an uncaught error with this name. */
export function uncaught(name: string, message: string): string {
  const text = [name, message].filter((part) => part !== "").join(": ");
  return (text === "" ? "Uncaught" : `Uncaught ${text}`).slice(0, MAX_MESSAGE_LENGTH);
}

/** Returns a property of a thrown object as text. */
function textOf(thrown: object, property: string, otherwise: string): string {
  const value: unknown = Reflect.get(thrown, property);
  return value === undefined ? otherwise : String(value);
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

/** Returns message and frames, one after the other, as Convex writes them. */
export function failureText({ message, frames }: Failure): string {
  return `${message}\n${frames}`;
}

/** Returns the error for a function whose nested call has failed with this error. */
export function nestedError(thrown: unknown): Error {
  if (thrown instanceof CommitError || thrown instanceof CallRejectedError) return thrown;
  const failure = failureOf(thrown);
  return new NestedCallError(failureText(failure), failure.data);
}

/** Returns the error to throw from a syscall. The published package turns one with data into a ConvexError. */
export function toSyscallError(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  const error = new Error(thrown.message);
  return thrown instanceof NestedCallError && thrown.data !== undefined
    ? Object.assign(error, { data: thrown.data })
    : error;
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
  const failure = failureOf(thrown);
  const errorMessage = `[Request ID: ${requestId}] Server Error\n${failureText(failure)}`;
  return {
    ok: false,
    errorMessage,
    logLines,
    ...(failure.data === undefined ? {} : { errorData: failure.data }),
  };
}

/** Redacts an outcome as the cloud does in production: without log lines, and with only the data of a ConvexError. */
export function redacted(outcome: Outcome): Outcome {
  if (outcome.ok) return { ...outcome, logLines: [] };
  return { ...outcome, errorMessage: outcome.errorMessage.split("\n", 1)[0] ?? "", logLines: [] };
}

/** Returns the error of an outcome, for the function that made the call. */
export function errorOf(outcome: Extract<Outcome, { ok: false }>): NestedCallError {
  return new NestedCallError(withoutRequest(outcome.errorMessage), outcome.errorData);
}

/** Returns the text of an error without its first line, which names the request. */
export function withoutRequest(errorMessage: string): string {
  return errorMessage.replace(/^\[Request ID: \w+\] Server Error\n/, "");
}

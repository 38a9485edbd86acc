/** Maps an error of the backend to what the caller may see; everything else belongs in the log. */
import { randomBytes } from "node:crypto";
import type { BackendErrorCode } from "./backend.ts";

const CODES: readonly BackendErrorCode[] = [
  "function_not_found",
  "wrong_kind",
  "bad_arguments",
  "timed_out",
  "restarted",
  "retry",
];

/** Convex's own message for an internal error. */
export const UNAVAILABLE = "Your request couldn't be completed. Try again later.";

/** Convex's names of the errors after which a client tries again. */
export const OCC_FAILURE = "OptimisticConcurrencyControlFailure";
export const NO_SLOT = "TooManyConcurrentRequests";
export const TOO_MANY_WRITES = "TooManyWrites";

/** Returns the code of a rejected call, or null for an unexpected error. */
export function codeOf(error: unknown): BackendErrorCode | null {
  if (!(error instanceof Error) || !("code" in error)) return null;
  return CODES.find((code) => code === error.code) ?? null;
}

/** Returns Convex's name of a failure after which the same call may succeed later; null for any other error. */
export function retryReasonOf(error: unknown): string | null {
  if (codeOf(error) !== "retry" || !(error instanceof Error) || !("reason" in error)) return null;
  return String(error.reason);
}

/** Returns the message for the caller. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return error instanceof Error && code !== null && code !== "restarted" ? error.message : UNAVAILABLE;
}

/** Returns the message for the caller of a function: in Convex's form, if the call was rejected. */
export function callErrorOf(error: unknown): string {
  const code = codeOf(error);
  return code === null || code === "restarted" ? UNAVAILABLE : serverError(reasonOf(error));
}

/** Returns the text of an error that a call has without running a function. */
export function serverError(message: string): string {
  return `[Request ID: ${randomBytes(8).toString("hex")}] Server Error\n${message}\n`;
}

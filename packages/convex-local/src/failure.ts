/** What a caller is told when the backend rejects a call, and what is better kept for the log. */
import type { BackendErrorCode } from "./backend.ts";

const codes: ReadonlySet<string> = new Set<BackendErrorCode>([
  "function_not_found",
  "wrong_kind",
  "bad_arguments",
  "timed_out",
  "restarted",
]);

/** The sentence of Convex's own servers where the fault is not the caller's. */
export const UNAVAILABLE = "Your request couldn't be completed. Try again later.";

/** Which of the backend's own refusals an error is, or null where it is something unexpected. */
export function codeOf(error: unknown): BackendErrorCode | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null;
  return codes.has(error.code) ? (error.code as BackendErrorCode) : null;
}

/** The sentence for the caller. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  return error instanceof Error && code !== null && code !== "restarted" ? error.message : UNAVAILABLE;
}

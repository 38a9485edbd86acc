/** How a socket is closed after an error. */
import { retryReasonOf } from "../failure.ts";
import { BadMessageError, CLOSE } from "./socket-messages.ts";

/** Close code and reason, and whether the error is expected. */
type Closing = { code: number; reason: string; expected: boolean };

/** Returns how to close a socket after an error. Clients reconnect, except after an invalid message. */
export function closingOf(error: unknown): Closing {
  if (error instanceof BadMessageError)
    return { code: CLOSE.violation, reason: error.message, expected: true };
  const retryReason = retryReasonOf(error);
  if (retryReason !== null) return { code: CLOSE.tryAgain, reason: retryReason, expected: true };
  return { code: CLOSE.internal, reason: "InternalServerError", expected: false };
}

/** Returns an error for the log. */
export function reasonForLog(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

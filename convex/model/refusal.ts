/** Errors of rejected calls: one error type, a closed list of codes, and a message for the user. */
import { ConvexError } from "convex/values";

/** Codes of rejected calls. The app decides by the code and shows the message. */
export type RefusalCode =
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "invalid"
  | "conflict"
  | "rate_limited";

/** `ConvexError.data` of every rejected call. */
export type Refusal = { code: RefusalCode; message: string };

/**
 * Returns the error of a rejected call, for the caller to throw.
 *
 * @param message - A sentence for the user. Must not contain input.
 */
export function refusal(code: RefusalCode, message: string): ConvexError<Refusal> {
  return new ConvexError({ code, message });
}

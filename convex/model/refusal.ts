/** How a function says no: one kind of error, one closed list of codes, a sentence a person can read. */
import { ConvexError } from "convex/values";

/** The reasons for which a function refuses. The app decides by the code, and shows the message. */
export type RefusalCode =
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "invalid"
  | "conflict"
  | "rate_limited";

/** What `ConvexError.data` carries for every refusal. */
export type Refusal = { code: RefusalCode; message: string };

/**
 * Makes a refusal, to be thrown by the caller.
 *
 * @param message Plain words for the person; never holds what was sent.
 */
export function refusal(code: RefusalCode, message: string): ConvexError<Refusal> {
  return new ConvexError({ code, message });
}

/** Errors of rejected calls. */
import { ConvexError } from "convex/values";
import type { Rejection, RejectionCode } from "./rejection.ts";

/**
 * Returns the error of a rejected call, for the caller to throw.
 *
 * @param message - A sentence for the user. Must not contain input.
 */
export function refusal(code: RejectionCode, message: string): ConvexError<Rejection> {
  return new ConvexError({ code, message });
}

/** Rejections of calls: a code for the app and a message for the user, in `ConvexError.data`. */
import { ConvexError } from "convex/values";
import { type BarReason, isBarReason } from "./entryRule.ts";

export const REJECTION_CODES = [
  "unauthenticated",
  "forbidden",
  "not_found",
  "invalid",
  "conflict",
  "rate_limited",
  "limit_reached",
] as const;

/** Code of a rejected call. The app decides by the code and shows the message. */
export type RejectionCode = (typeof REJECTION_CODES)[number];

/** `ConvexError.data` of every rejected call. */
export type Rejection = { code: RejectionCode; message: string; reason?: BarReason };

/**
 * Returns the error of a rejected call, for the caller to throw.
 *
 * @param message - A sentence for the user. Must not contain input.
 * @param reason - Why the user may not enter, if that is the cause.
 */
export function rejection(code: RejectionCode, message: string, reason?: BarReason): ConvexError<Rejection> {
  return new ConvexError({ code, message, ...(reason !== undefined && { reason }) });
}

/**
 * Returns the rejection in an error.
 *
 * @param error - What a call to Convex threw.
 * @returns The rejection; null for any other error. `code` may be one that newer functions added.
 */
export function rejectionIn(
  error: unknown,
): { code: string; message: string; reason: BarReason | null } | null {
  const data = typeof error === "object" && error !== null && "data" in error ? error.data : null;
  if (typeof data !== "object" || data === null || !("code" in data) || !("message" in data)) return null;
  const { code, message } = data;
  if (typeof code !== "string" || typeof message !== "string") return null;
  return { code, message, reason: "reason" in data && isBarReason(data.reason) ? data.reason : null };
}

/** Returns whether a code is one that this version knows. */
export function isRejectionCode(code: string): code is RejectionCode {
  return (REJECTION_CODES as readonly string[]).includes(code);
}

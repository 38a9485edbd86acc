/** Message to show when Convex rejects a call. */

/** Returns the message of a `ConvexError({ code, message })`, or a generic one for any other error. */
export function refusalOf(error: unknown): string {
  const data = typeof error === "object" && error !== null && "data" in error ? error.data : null;
  const message = typeof data === "object" && data !== null && "message" in data ? data.message : null;
  return typeof message === "string" ? message : "That did not work. Please try again.";
}

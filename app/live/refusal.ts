/** What to say when Convex refuses. */

/** @returns The words of a `ConvexError({ code, message })`; for anything else, that it did not work. */
export function refusalOf(error: unknown): string {
  const data = typeof error === "object" && error !== null && "data" in error ? error.data : null;
  const message = typeof data === "object" && data !== null && "message" in data ? data.message : null;
  return typeof message === "string" ? message : "That did not work. Please try again.";
}

/** Detects network failures among browser errors. */

/** Network errors of Chromium, Safari and Firefox. Anchored, and without failed imports of missing code. */
const WORDS = /^(Failed to fetch(?! d)|Load failed|NetworkError|The network )/;

/** Returns whether an error is what browsers throw when a request cannot reach the server. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError && WORDS.test(error.message);
}

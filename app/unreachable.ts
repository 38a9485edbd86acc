/** Telling a network that is gone from everything else that goes wrong in a browser. */

/** Chromium, Safari and Firefox; from the beginning, for a mistake of ours may speak of fetching too, and missing code is none. */
const WORDS = /^(Failed to fetch(?! d)|Load failed|NetworkError|The network )/;

/** What browsers throw where a page's data could not be fetched; each has words of its own. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError && WORDS.test(error.message);
}

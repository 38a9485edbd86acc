/** Telling a network that is gone from everything else that goes wrong in a browser. */

/** What browsers throw where a page's data could not be fetched; each has words of its own. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof TypeError && /fetch|load failed|network/i.test(error.message);
}

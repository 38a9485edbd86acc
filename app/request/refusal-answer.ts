/** Response to a request that is rejected before any route runs. */

/**
 * Returns the response to a rejected request: JSON under `/api/`, plain text elsewhere.
 *
 * @param code - Error code for scripts, such as `method_not_allowed`.
 * @param words - Message for users: what happened and what to do.
 */
export function refusalAnswer(
  request: Request,
  status: number,
  code: string,
  words: string,
  headers: Record<string, string> = {},
): Response {
  return new URL(request.url).pathname.startsWith("/api/")
    ? Response.json({ error: code }, { status, headers })
    : new Response(words, { status, headers: { "Content-Type": "text/plain; charset=utf-8", ...headers } });
}

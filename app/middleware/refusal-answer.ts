/** What is answered before any route runs: words for people, JSON under `/api/`. */

/**
 * @param code For scripts, such as `method_not_allowed`.
 * @param words For people: what happened and what to do.
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

/** Response to a request that failed before or outside of every route. */
import type { Log } from "./log.server.ts";

/**
 * Returns a 500 in plain text.
 *
 * @param log - The log of the request, whose id the response names.
 */
export function failureResponse({ requestId }: Pick<Log, "requestId">, text: string): Response {
  return new Response(text, {
    status: 500,
    headers: {
      "Content-Type": "text/plain; charset=utf-8",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      "X-Request-Id": requestId,
    },
  });
}

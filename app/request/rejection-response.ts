/** Response to a request that is rejected before any route runs. */
import type { RequestContext } from "./context.ts";
import { rpcStatus } from "./rpc-status.ts";

/**
 * Returns the response to a rejected request, in the format of the route's policy.
 *
 * @param code - Error code for scripts, such as `method_not_allowed`.
 * @param words - Message for users: what happened and what to do.
 */
export function rejectionResponse(
  request: Request,
  { route }: RequestContext,
  status: number,
  code: string,
  words: string,
  headers: Record<string, string> = {},
): Response {
  const { crossOrigin, rejections } = route.policy;
  if (rejections === "otlp") return rpcStatus(request, status, words, headers); // agents:line
  return rejections === "json"
    ? // An API for programs tells its callers what to do.
      Response.json({ error: code, ...(crossOrigin && { message: words }) }, { status, headers })
    : new Response(words, { status, headers: { "Content-Type": "text/plain; charset=utf-8", ...headers } });
}

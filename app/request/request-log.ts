/** Logs one line for each response, and handles uncaught errors. */
import type { Middleware } from "./handler.ts";
import type { Log } from "./log.server.ts";

/** Logs the route's pattern, because a path may contain ids. */
export const requestLog: Middleware = (next) => async (request, context) => {
  const { log, now, report, route } = context;
  const { pattern } = route;
  let response: Response;
  try {
    response = await next(request, context);
  } catch (error) {
    report({ component: "page", action: pattern, error });
    const text = `Something went wrong here. Please try again. Request id: ${log.requestId}`;
    response = failureResponse(log, text);
  }
  const ms = Date.now() - now;
  log.info("request", { method: request.method, route: pattern, status: response.status, ms });
  return response;
};

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

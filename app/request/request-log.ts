/** Logs one line for each response, and handles uncaught errors. */
import { failureResponse } from "./failure-response.ts";
import type { Middleware } from "./handler.ts";

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

/** Adds the request's `Set-Cookie` lines to every kind of response. */
import { editHeaders } from "./edit-headers.ts";
import type { Middleware } from "./handler.ts";

export const sessionCookies: Middleware = (next) => async (request, context) => {
  const response = await next(request, context);
  if (context.readOnly) return response;
  const lines = [...context.auth.setCookies, ...context.notices.setCookies, ...context.setCookies];
  if (lines.length === 0) return response;
  return editHeaders(response, (headers) => {
    for (const line of lines) headers.append("Set-Cookie", line);
  });
};

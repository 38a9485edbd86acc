/** Adds the request's `Set-Cookie` lines to every kind of response. */
import { editHeaders } from "./edit-headers.ts";
import type { Middleware } from "./handler.ts";

export const responseCookies: Middleware = (next) => async (request, context) => {
  const response = await next(request, context);
  if (context.readOnly) return response;
  const { cookieSources, setCookies } = context;
  const lines = [...cookieSources.flatMap((source) => source.setCookies), ...setCookies];
  if (lines.length === 0) return response;
  return editHeaders(response, (headers) => {
    for (const line of lines) headers.append("Set-Cookie", line);
  });
};

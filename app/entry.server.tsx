/** Server entry: renders pages to HTML. */
import { renderToReadableStream, renderToString } from "react-dom/server.edge";
import {
  type EntryContext,
  type HandleErrorFunction,
  isRouteErrorResponse,
  type RouterContextProvider,
  ServerRouter,
} from "react-router";
import { type DocumentInfo, DocumentProvider } from "./frame/document.ts";
import staticBanner from "./frame/static-banner.js?raw";
import { readHandOff } from "./react-router/hand-off.server.ts";
import { requestContext } from "./request/context.ts";
import { readTheme } from "./request/theme-cookie.server.ts";

/** React's marker for a part that suspended. */
const SUSPENDED = "<!--$!-->";

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  routerContext: EntryContext,
  loadContext: RouterContextProvider,
): Promise<Response> {
  const { log, env, cookies, report, route, nonce: ownNonce } = loadContext.get(requestContext);
  const prerendered = route.policy.sameForEveryone;
  const nonce = prerendered ? undefined : ownNonce;
  const info: DocumentInfo = prerendered
    ? { theme: "system", requestId: "", onlyScript: staticBanner }
    : { theme: readTheme(env, cookies) ?? "system", requestId: log.requestId };
  const page = (
    <DocumentProvider value={info}>
      <ServerRouter context={routerContext} url={request.url} {...(nonce ? { nonce } : {})} />
    </DocumentProvider>
  );
  headers.set("Content-Type", "text/html; charset=utf-8");

  if (await readHandOff(routerContext)) {
    const html = renderToString(page);
    if (!html.includes(SUSPENDED)) return new Response(`<!DOCTYPE html>${html}`, { status, headers });
  }

  const body = await renderToReadableStream(page, {
    ...(nonce ? { nonce } : {}),
    onError(error) {
      report({ component: "page", action: route.pattern, error });
    },
  });
  return new Response(body, { status, headers });
}

/** Reports an error from a loader, an action or React Router, unless its status is below 500. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (request.signal.aborted || (isRouteErrorResponse(error) && error.status < 500)) return;
  const { report, route } = context.get(requestContext);
  report({ component: "page", action: route.pattern, error });
};

/** How a page becomes bytes. */
import { renderToReadableStream } from "react-dom/server.edge";
import {
  type EntryContext,
  type HandleErrorFunction,
  isRouteErrorResponse,
  type RouterContextProvider,
  ServerRouter,
} from "react-router";
import { requestContext } from "./context.ts";
import { type DocumentInfo, DocumentProvider } from "./document.ts";
import staticBanner from "./static-banner.js?raw";
import { readTheme } from "./theme/theme-cookie.server.ts";

export default async function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  routerContext: EntryContext,
  loadContext: RouterContextProvider,
): Promise<Response> {
  const { log, env, cookies, report, route, ...context } = loadContext.get(requestContext);
  const prerendered = isSameForEveryone(routerContext);
  const nonce = prerendered ? undefined : context.nonce;
  const info: DocumentInfo = prerendered
    ? { theme: "system", locale: "en", requestId: "", onlyScript: staticBanner }
    : { theme: readTheme(env, cookies) ?? "system", locale: context.locale, requestId: log.requestId };
  let failed = false;
  const body = await renderToReadableStream(
    <DocumentProvider value={info}>
      <ServerRouter context={routerContext} url={request.url} {...(nonce ? { nonce } : {})} />
    </DocumentProvider>,
    {
      ...(nonce ? { nonce } : {}),
      onError(error) {
        failed = true;
        report({ component: "page", action: route.pattern, error });
      },
    },
  );
  // The page is sent whole: its loaders have answered before rendering starts.
  await body.allReady;
  headers.set("Content-Type", "text/html; charset=utf-8");
  return new Response(body, { status: failed ? 500 : status, headers });
}

/** A page that says so with `handle.sameForEveryone` is made once, at build, and may depend on nobody. */
function isSameForEveryone({ staticHandlerContext }: EntryContext): boolean {
  return staticHandlerContext.matches.some(({ route }) => route.handle?.sameForEveryone === true);
}

/** What a loader, an action or React Router threw: logged once, and only where it is our fault. */
export const handleError: HandleErrorFunction = (error, { request, context }) => {
  if (request.signal.aborted || (isRouteErrorResponse(error) && error.status < 500)) return;
  const { report, route } = context.get(requestContext);
  report({ component: "page", action: route.pattern, error });
};

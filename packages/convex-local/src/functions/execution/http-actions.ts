/** Runs HTTP actions: requests to the router of the functions' `http.ts`. */
import type { HttpRequestMessage, HttpResponseMessage, Identity } from "../../backend.ts";
import type { Registry, Router } from "../modules/registry.ts";
import { beginCall, callStorage, endCall, newContext, type Work } from "./call-context.ts";
import { readThrown } from "./call-errors.ts";

/**
 * Finds the route and runs its handler. Responds 404 if no route matches, and 500 if the handler throws. Components
 * respond under the prefix that they are mounted at.
 */
export async function runHttpAction(
  registry: Registry,
  message: HttpRequestMessage,
  identity: Identity | null,
  work: Work,
  log: (line: string) => void,
): Promise<HttpResponseMessage> {
  const url = new URL(message.url);
  const { router, component, path } = routerFor(registry, url.pathname);
  const found = router?.lookup(path, message.method);
  if (!found)
    return textResponse(
      404,
      router
        ? `No HttpAction routed for ${url.pathname}`
        : "This Convex deployment does not have HTTP actions enabled.",
    );
  const [handler, , route] = found;
  const context = newContext({ component, path: `http:${message.method} ${route}` }, "httpAction", {
    identity,
    work,
  });
  const body =
    message.body !== null && message.method !== "GET" && message.method !== "HEAD"
      ? Buffer.from(message.body)
      : null;
  const request = new Request(message.url, { method: message.method, headers: message.headers, body });
  beginCall(context);
  try {
    const response = await callStorage.run(context, () => handler.invokeHttpAction(request));
    if (!(response instanceof Response)) throw new Error("An HTTP action must return a Response.");
    const headers: [string, string][] = [...response.headers];
    return { status: response.status, headers, body: new Uint8Array(await response.arrayBuffer()) };
  } catch (error) {
    const { name, message: text, stack } = readThrown(error);
    log(`[${context.path}] error: ${stack || text}`);
    return jsonResponse(500, {
      code: `[Request ID: ${context.requestId}] Server Error`,
      trace: `Uncaught ${name}: ${text}`,
    });
  } finally {
    endCall(context);
  }
}

function routerFor(
  registry: Registry,
  pathname: string,
): { router: Router | null; component: string; path: string } {
  for (const { path, httpPrefix, router } of registry.components()) {
    if (path !== "" && httpPrefix !== null && router && pathname.startsWith(httpPrefix)) {
      return { router, component: path, path: `/${pathname.slice(httpPrefix.length)}` };
    }
  }
  return { router: registry.component("")?.router ?? null, component: "", path: pathname };
}

function textResponse(status: number, text: string): HttpResponseMessage {
  return { status, headers: [["content-type", "text/plain; charset=utf-8"]], body: Buffer.from(text) };
}

function jsonResponse(status: number, value: object): HttpResponseMessage {
  return {
    status,
    headers: [["content-type", "application/json"]],
    body: Buffer.from(JSON.stringify(value)),
  };
}

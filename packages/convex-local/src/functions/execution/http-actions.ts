/** Runs HTTP actions: requests to the router of the functions' `http.ts`. */
import type { HttpRequestMessage, HttpResponseMessage } from "../../backend.ts";
import type { HttpHandler, Registry, Router } from "../modules/registry.ts";
import type { ActionRequests } from "../threads/thread-messages.ts";
import { beginCall, type CallContext, callStorage, endCall, newContext, type Work } from "./call-context.ts";
import { failureOf, failureText } from "./call-errors.ts";
import { within } from "./function-runner.ts";

/**
 * Finds the route and runs its handler. Responds 404 if no route matches, and 500 if the handler throws. Components
 * respond under the prefix that they are mounted at.
 */
export async function runHttpAction(
  registry: Registry,
  { request: message, caller, redact }: ActionRequests["http"]["request"],
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
    ...caller,
    work,
  });
  beginCall(context);
  try {
    return await respond(handler, message, context);
  } catch (error) {
    return failed(error, context, redact, log);
  } finally {
    endCall(context);
  }
}

async function respond(
  handler: HttpHandler,
  { url, method, headers, body }: HttpRequestMessage,
  context: CallContext,
): Promise<HttpResponseMessage> {
  const hasBody = body !== null && method !== "GET" && method !== "HEAD";
  const request = new Request(url, { method, headers, body: hasBody ? Buffer.from(body) : null });
  const response = await within({ kind: "action", node: false, path: context.path }, context, () =>
    callStorage.run(context, () => handler.invokeHttpAction(request)),
  );
  if (!(response instanceof Response)) throw new Error("An HTTP action must return a Response.");
  return {
    status: response.status,
    headers: [...response.headers],
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

/** Returns the response to an error of the handler, as in development. Redacted, it contains only the data. */
function failed(
  thrown: unknown,
  { path, requestId }: CallContext,
  redact: boolean,
  log: (line: string) => void,
): HttpResponseMessage {
  const failure = failureOf(thrown);
  const trace = failureText(failure);
  log(`[${path}] error: ${trace.trimEnd()}`);
  const head = `[Request ID: ${requestId}] Server Error`;
  const data = failure.data === undefined ? {} : { data: failure.data };
  return jsonResponse(
    500,
    redact ? { code: head, ...data } : { code: `${head}: ${failure.message}`, trace, ...data },
  );
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

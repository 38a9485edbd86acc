/** Handles a request: reads and counts it, applies a fault or runs its route, and writes the response. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { WorkOSContext } from "./context.ts";
import { notFound, unauthorized, WorkOSError } from "./errors.ts";
import { answerWithFault } from "./fault-injection.ts";
import { newId } from "./ids.ts";
import { json, type Reply } from "./reply.ts";
import { formOf, readRequest, type WorkOSRequest } from "./request.ts";
import { authenticateRoutes, sameSecret } from "./routes/authenticate.ts";
import { authorizeRoutes } from "./routes/authorize.ts";
import { invitationRoutes } from "./routes/invitations.ts";
import { keyRoutes } from "./routes/keys.ts";
import { localControlRoutes } from "./routes/local-control.ts";
import { manageRoutes } from "./routes/manage.ts";
import { organizationRoutes } from "./routes/organizations.ts";
import { outboxRoutes } from "./routes/outbox.ts";
import { passwordRoutes } from "./routes/passwords.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { userRoutes } from "./routes/users.ts";
import { type Access, findRoute, type Route } from "./routing.ts";

const ROUTES: readonly Route[] = [
  ...authenticateRoutes,
  ...authorizeRoutes,
  ...keyRoutes,
  ...sessionRoutes,
  ...userRoutes,
  ...organizationRoutes,
  ...invitationRoutes,
  ...passwordRoutes,
  ...outboxRoutes,
  ...manageRoutes,
  ...localControlRoutes,
];

/** Handles one request. Errors become responses. */
export async function dispatch(
  context: WorkOSContext,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const write = (reply: Reply) => writeReply(message, response, reply);
  try {
    const request = await readRequest(message);
    const found = findRoute(ROUTES, request.method, request.path);
    const handle = () => rendered(() => answer(context, request, found));
    if (found?.route.access === "local" || found?.route.access === "own-page") {
      write(handle());
      return;
    }
    const grant = grantOf(request);
    context.requestCounts.add(request.method, found?.route.pattern ?? "*", grant);
    const fault = context.store.faults.take({ method: request.method, path: request.path, grant });
    if (fault) await answerWithFault(fault, response, handle, write);
    else write(handle());
  } catch (error) {
    // If the caller closed the connection while sending, there is no response to write.
    if (!response.destroyed) write(renderError(error));
  }
}

function answer(
  context: WorkOSContext,
  request: WorkOSRequest,
  found: { route: Route; ids: string[] } | null,
): Reply {
  if (!found) throw notFound();
  checkAccess(context, request, found.route.access);
  return found.route.handle(context, request, found.ids);
}

function checkAccess(context: WorkOSContext, request: WorkOSRequest, access: Access): void {
  if (access === "key") {
    const [scheme, key] = (request.header("authorization") ?? "").split(" ");
    if (scheme?.toLowerCase() !== "bearer" || !sameSecret(key, context.apiKey)) throw unauthorized();
  }
  // The forms of the emulator's own page, but not those of other pages in the same browser.
  if (access === "own-page" && request.header("origin") !== `http://${request.loopbackHost}`)
    throw new WorkOSError(403, { message: "Only the emulator's own page can use this route." });
  // Web pages in a local browser can send requests to loopback addresses. They must not control the emulator.
  if (access === "local" && (request.loopbackHost === null || request.header("origin") !== null))
    throw new WorkOSError(403, { message: "Only local programs can use this route." });
}

function rendered(work: () => Reply): Reply {
  try {
    return work();
  } catch (error) {
    return renderError(error);
  }
}

/** Converts an error to a response. An unexpected error is logged without its message, which may contain a secret. */
function renderError(error: unknown): Reply {
  if (error instanceof WorkOSError) return json(error.status, error.body);
  const kind = error instanceof Error ? error.name : typeof error;
  const at =
    error instanceof Error ? (error.stack?.split("\n").find((line) => line.startsWith("    at ")) ?? "") : "";
  process.stderr.write(`WorkOS emulator: unexpected ${kind}${at && ` ${at.trim()}`}\n`);
  return json(500, { message: "Internal Server Error" });
}

/** Returns the `grant_type` of a token request, which distinguishes exchange and refresh; null for other requests. */
function grantOf(request: WorkOSRequest): string | null {
  if (request.path !== "/user_management/authenticate") return null;
  const form = formOf(request);
  if (form) return form.get("grant_type");
  try {
    const grant: unknown = JSON.parse(request.body)?.grant_type;
    return typeof grant === "string" ? grant : null;
  } catch {
    return null;
  }
}

function writeReply(message: IncomingMessage, response: ServerResponse, reply: Reply): void {
  if (response.headersSent || response.destroyed) return;
  // The rest of a body that was not read would be parsed as the next request.
  if (!message.complete) response.setHeader("Connection", "close");
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, {
    ...reply.headers,
    ...(reply.status !== 204 && { "Content-Length": body.length }),
    "X-Request-Id": newId("req"),
  });
  response.end(message.method === "HEAD" ? undefined : body);
}

/** From socket to answer: read, count, meet a fault or the route, render errors, write. The only place that touches a response. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { WorkosContext } from "./context.ts";
import { notFound, unauthorized, WorkosError } from "./errors.ts";
import { answerWithFault } from "./fault-injection.ts";
import { newId } from "./ids.ts";
import { json, type Reply } from "./reply.ts";
import { formOf, readRequest, type WorkosRequest } from "./request.ts";
import { authenticateRoutes, sameSecret } from "./routes/authenticate.ts";
import { authorizeRoutes } from "./routes/authorize.ts";
import { keyRoutes } from "./routes/keys.ts";
import { localControlRoutes } from "./routes/local-control.ts";
import { organizationRoutes } from "./routes/organizations.ts";
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
  ...passwordRoutes,
  ...localControlRoutes,
];

/** Answers one request. Never rejects. */
export async function dispatch(
  context: WorkosContext,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const write = (reply: Reply) => writeReply(message, response, reply);
  try {
    const request = await readRequest(message);
    const found = findRoute(ROUTES, request.method, request.path);
    const carryOut = () => rendered(() => answer(context, request, found));
    if (found?.route.access === "local") {
      write(carryOut());
      return;
    }
    const grant = grantOf(request);
    context.requestCounts.add(request.method, found?.route.pattern ?? "*", grant);
    const fault = context.store.faults.take({ method: request.method, path: request.path, grant });
    if (fault) await answerWithFault(fault, response, carryOut, write);
    else write(carryOut());
  } catch (error) {
    // The caller hung up while sending: nobody is left to answer.
    if (!response.destroyed) write(renderError(error));
  }
}

function answer(
  context: WorkosContext,
  request: WorkosRequest,
  found: { route: Route; ids: string[] } | null,
): Reply {
  if (!found) throw notFound();
  checkAccess(context, request, found.route.access);
  return found.route.handle(context, request, found.ids);
}

function checkAccess(context: WorkosContext, request: WorkosRequest, access: Access): void {
  if (access === "key") {
    const [scheme, key] = (request.header("authorization") ?? "").split(" ");
    if (scheme?.toLowerCase() !== "bearer" || !sameSecret(key, context.apiKey)) throw unauthorized();
  }
  // A web page that is open in a browser here can send requests to this machine: none of them may steer the stand-in.
  if (access === "local" && (request.loopbackHost === null || request.header("origin") !== null))
    throw new WorkosError(403, { message: "Only for tests on this machine." });
}

function rendered(work: () => Reply): Reply {
  try {
    return work();
  } catch (error) {
    return renderError(error);
  }
}

/** Every failure becomes an answer here. What nobody foresaw is told on stderr by its kind alone: its message may hold a secret. */
function renderError(error: unknown): Reply {
  if (error instanceof WorkosError) return json(error.status, error.body);
  const kind = error instanceof Error ? error.name : typeof error;
  const at =
    error instanceof Error ? (error.stack?.split("\n").find((line) => line.startsWith("    at ")) ?? "") : "";
  process.stderr.write(`WorkOS stand-in: unexpected ${kind}${at && ` ${at.trim()}`}\n`);
  return json(500, { message: "Internal Server Error" });
}

/** The `grant_type` of a token request, so that exchange and refresh can be told apart; null everywhere else. */
function grantOf(request: WorkosRequest): string | null {
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
  // A body that was too big to read whole would be taken for the next request.
  if (!message.complete) response.setHeader("Connection", "close");
  const body = Buffer.from(reply.body);
  response.writeHead(reply.status, {
    ...reply.headers,
    ...(reply.status !== 204 && { "Content-Length": body.length }),
    "X-Request-Id": newId("req"),
  });
  response.end(message.method === "HEAD" ? undefined : body);
}

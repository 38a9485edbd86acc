/** Routes of sessions: list, revoke, sign out. */
import * as v from "valibot";
import type { WorkOSContext } from "../context.ts";
import { invalidParameters, WorkOSError } from "../errors.ts";
import { formatSession } from "../formats.ts";
import { listPage } from "../list-page.ts";
import { noticePage } from "../page/document.ts";
import { redirectTarget } from "../redirect-target.ts";
import { empty, json, type Reply, redirect } from "../reply.ts";
import { fieldsOf, parse, type WorkOSRequest } from "../request.ts";
import { type Route, route } from "../routing.ts";
import { userById } from "./users.ts";

/** Revokes a session and emits the event, once. */
function endSession(context: WorkOSContext, id: string): void {
  context.store.transaction(() => {
    const ended = context.store.sessions.end(id);
    if (ended) context.emit("session.revoked", formatSession(ended));
  });
}

function list(context: WorkOSContext, request: WorkOSRequest, [id]: string[]): Reply {
  const user = userById(context, id);
  return json(200, listPage(context.store.sessions.active(user.id), request.query, formatSession));
}

function revoke(context: WorkOSContext, request: WorkOSRequest): Reply {
  const { session_id } = parse(v.object({ session_id: v.string() }), fieldsOf(request));
  if (!context.store.sessions.byId(session_id))
    throw new WorkOSError(400, { message: `Session not found: '${session_id}'.` });
  endSession(context, session_id);
  return empty(200);
}

/** Signs a session out in the browser. A session that has ended or is unknown also redirects to the app. */
function logout(context: WorkOSContext, request: WorkOSRequest): Reply {
  const sessionId = request.query.get("session_id");
  if (!sessionId) throw invalidParameters([{ field: "session_id", code: "session_id_required" }]);
  const returnTo = request.query.get("return_to");
  const target = returnTo === null ? null : redirectTarget(returnTo);
  if (returnTo !== null && !target)
    return noticePage(400, {
      title: "Invalid sign-out redirect",
      text: "The return address after signing out is not on this machine.",
    });
  if (request.method !== "HEAD") endSession(context, sessionId);
  if (!target) return noticePage(200, { title: "Signed out", text: "You can close this page." });
  return redirect(target);
}

export const sessionRoutes: Route[] = [
  route("key")("GET", "/user_management/users/:id/sessions", list),
  route("key")("POST", "/user_management/sessions/revoke", revoke),
  route("public")("GET", "/user_management/sessions/logout", logout),
];

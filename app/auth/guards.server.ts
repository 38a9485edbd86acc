/** Access checks for loaders and actions. */
import { data, type RouterContextProvider, redirect } from "react-router";
import { requestContext } from "../context.ts";
import type { Refusal } from "../errors.ts";
import type { PageData, PageResult } from "../page-query.server.ts";
import { permissionsOf } from "./access-token.server.ts";
import { loginPath } from "./return-to.ts";
import { type Session, type SessionInfo, type SessionUser, sessionInfo } from "./session.ts";

/** The current user, and the part of their session that pages may see. */
export type Auth = { user: SessionUser; session: SessionInfo };

type Arguments = { context: Readonly<RouterContextProvider> };

const give = (session: Readonly<Session>): Auth => ({ user: session.user, session: sessionInfo(session) });

/** Returns a redirect to `/login` that leads back to this page after sign-in. */
export function toLogin({ context }: Arguments): Response {
  const { address, auth } = context.get(requestContext);
  return redirect(loginPath({ returnTo: address, error: auth.endReason }));
}

/**
 * Returns the current user for pages that are open to guests.
 *
 * @returns User and session; both null for a guest.
 */
export async function getOptionalAuth({ context }: Arguments): Promise<Auth | { user: null; session: null }> {
  const current = await context.get(requestContext).auth.current();
  return current === null ? { user: null, session: null } : give(current.session);
}

/**
 * Returns the current user for pages and actions that require a sign-in.
 *
 * @throws {Response} a redirect to `/login` when the user is signed out.
 */
export async function requireAuth(args: Arguments): Promise<Auth> {
  const current = await args.context.get(requestContext).auth.current();
  if (current === null) throw toLogin(args);
  return give(current.session);
}

const forbidden = () => data(null, { status: 403 });

/**
 * Requires a WorkOS role, from the access token's `role` claim. Convex decides about roles in Mosaic.
 *
 * @throws {Response} a redirect to `/login` when the user is signed out.
 * @throws {DataWithResponseInit} 403 when the user does not have the role.
 */
export async function requireRole(args: Arguments, role: string): Promise<Auth> {
  const auth = await requireAuth(args);
  if (auth.session.role !== role) throw forbidden();
  return auth;
}

/**
 * Requires a WorkOS permission, from the access token's `permissions` claim.
 *
 * @throws {Response} a redirect to `/login` when the user is signed out.
 * @throws {DataWithResponseInit} 403 when the user does not have the permission.
 */
export async function requirePermission(args: Arguments, permission: string): Promise<Auth> {
  const auth = await requireAuth(args);
  const current = await args.context.get(requestContext).auth.current();
  if (!permissionsOf(current?.session.accessToken ?? "").includes(permission)) throw forbidden();
  return auth;
}

/** Returns 404 for missing pages and pages of other users, and 403 if the role does not allow the page. */
function asPage(refusal: Refusal) {
  if (refusal.code === "not_found" || refusal.code === "invalid") return data(null, { status: 404 });
  return refusal.code === "forbidden" ? forbidden() : refusal;
}

/** Result for a page that requires a sign-in. `data` is null if Convex is unavailable. */
export type GuardedPage<T> = Auth & { data: T | null };

/**
 * Returns the current user and the result of the page query that the route's middleware registered.
 *
 * @throws {Response} a redirect to `/login` when the user is signed out or the session was revoked.
 * @throws {DataWithResponseInit} 404 or 403 when Convex rejects the query.
 */
export async function requirePage<T extends PageData>(args: Arguments): Promise<GuardedPage<T>> {
  const result = (await args.context.get(requestContext).page.result()) as PageResult<T> | null;
  if (result === null) throw new Error("A guarded page must name its query in the route's middleware.");
  switch (result.status) {
    case "ok":
      return { ...give(result.session), data: result.data };
    case "unavailable":
      return { ...give(result.session), data: null };
    case "refused":
      throw asPage(result.refusal);
    case "signed_out":
      throw toLogin(args);
  }
}

/**
 * Returns the same as `requirePage`, for admin pages. Needs a response from Convex, which stores the roles.
 *
 * @throws {Response} a redirect to `/login` when the user is signed out or the session was revoked.
 * @throws {DataWithResponseInit} 404 or 403 when Convex rejects the query, 503 when Convex is unavailable.
 */
export async function requireAdminPage<T extends PageData>(args: Arguments): Promise<Auth & { data: T }> {
  const { data: page, ...auth } = await requirePage<T>(args);
  if (page === null) throw data(null, { status: 503 });
  return { ...auth, data: page };
}

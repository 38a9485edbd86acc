/** Access checks for loaders and actions. */
import { data, type RouterContextProvider, redirect } from "react-router";
import { requestContext } from "../request/context.ts";
import { permissionsOf } from "./access-token.server.ts";
import { loginPath } from "./return-to.ts";
import { type Session, type SessionInfo, type SessionUser, sessionInfo } from "./session.ts";

/** The current user, and the part of their session that pages may see. */
export type Auth = { user: SessionUser; session: SessionInfo };

/** The part of a loader's or an action's arguments that guards need. */
export type Arguments = { context: Readonly<RouterContextProvider> };

/** Returns the part of a session that pages may see. */
export const authOf = (session: Readonly<Session>): Auth => ({
  user: session.user,
  session: sessionInfo(session),
});

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
  return current === null ? { user: null, session: null } : authOf(current.session);
}

/**
 * Returns the current user for pages and actions that require a sign-in.
 *
 * @throws {Response} a redirect to `/login` when the user is signed out.
 */
export async function requireAuth(args: Arguments): Promise<Auth> {
  const current = await args.context.get(requestContext).auth.current();
  if (current === null) throw toLogin(args);
  return authOf(current.session);
}

const forbidden = () => data(null, { status: 403 });

/**
 * Requires a WorkOS role, from the access token's `role` claim. Convex decides about roles in Mosaic.
 *
 * @throws {Response} a redirect to `/login` when the user is signed out.
 * @throws {DataWithResponseInit} 403 when the user does not have the role.
 * @public
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
 * @public
 */
export async function requirePermission(args: Arguments, permission: string): Promise<Auth> {
  const auth = await requireAuth(args);
  if (!(await currentPermissions(args)).includes(permission)) throw forbidden();
  return auth;
}

/** Returns the access token's `permissions` claim; empty for a guest. */
export async function currentPermissions({ context }: Arguments): Promise<readonly string[]> {
  const current = await context.get(requestContext).auth.current();
  return current === null ? [] : permissionsOf(current.session.accessToken);
}

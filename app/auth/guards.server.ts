/** Who may see a page: for loaders and actions. */
import { data, type RouterContextProvider, redirect } from "react-router";
import { requestContext } from "../context.ts";
import type { Refusal } from "../errors.ts";
import type { PageData, PageResult } from "../page-query.server.ts";
import { permissionsOf } from "./access-token.server.ts";
import { loginPath } from "./return-to.ts";
import { type Session, type SessionInfo, type SessionUser, sessionInfo } from "./session.ts";

/** What a guard gives: the person, and what may be known of their session. */
export type Auth = { user: SessionUser; session: SessionInfo };

type Arguments = { context: Readonly<RouterContextProvider> };

const give = (session: Readonly<Session>): Auth => ({ user: session.user, session: sessionInfo(session) });

/** @returns The response that sends somebody to sign in and brings them back to this page. */
export function toLogin({ context }: Arguments): Response {
  const { address, auth } = context.get(requestContext);
  return redirect(loginPath({ returnTo: address, error: auth.endReason }));
}

/**
 * For pages that are for everyone.
 *
 * @returns Both null for a guest.
 */
export async function getOptionalAuth({ context }: Arguments): Promise<Auth | { user: null; session: null }> {
  const current = await context.get(requestContext).auth.current();
  return current === null ? { user: null, session: null } : give(current.session);
}

/**
 * For pages and actions of signed-in people.
 *
 * @throws a redirect to `/login` that comes back to this page, with the reason where the session was ended.
 */
export async function requireAuth(args: Arguments): Promise<Auth> {
  const current = await args.context.get(requestContext).auth.current();
  if (current === null) throw toLogin(args);
  return give(current.session);
}

const forbidden = () => data(null, { status: 403 });

/**
 * For what only a role at WorkOS may do: the token's own claim. What a person may do in Mosaic is Convex's to say.
 *
 * @throws as `requireAuth`, and a 403.
 */
export async function requireRole(args: Arguments, role: string): Promise<Auth> {
  const auth = await requireAuth(args);
  if (auth.session.role !== role) throw forbidden();
  return auth;
}

/**
 * For what only a permission at WorkOS allows: the token's own claim.
 *
 * @throws as `requireAuth`, and a 403.
 */
export async function requirePermission(args: Arguments, permission: string): Promise<Auth> {
  const auth = await requireAuth(args);
  const current = await args.context.get(requestContext).auth.current();
  if (!permissionsOf(current?.session.accessToken ?? "").includes(permission)) throw forbidden();
  return auth;
}

/** What is not there and what is not theirs is a 404; what their role does not allow, a 403. */
function asPage(refusal: Refusal) {
  if (refusal.code === "not_found" || refusal.code === "invalid") return data(null, { status: 404 });
  return refusal.code === "forbidden" ? forbidden() : refusal;
}

/** What a page that needs somebody gets: data is null where Convex did not answer. */
export type GuardedPage<T> = Auth & { data: T | null };

/**
 * The page's data for a signed-in person, from the query that the route's middleware named.
 *
 * @throws a redirect to `/login` where nobody is signed in or the session was revoked; a 404 or 403 where Convex refuses.
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
 * The same for a page that is for admins only. Who is one is Convex's to say: where it does not answer, nobody knows.
 *
 * @throws as `requirePage`, and a 503 where Convex did not answer.
 */
export async function requireAdminPage<T extends PageData>(args: Arguments): Promise<Auth & { data: T }> {
  const { data: page, ...auth } = await requirePage<T>(args);
  if (page === null) throw data(null, { status: 503 });
  return { ...auth, data: page };
}

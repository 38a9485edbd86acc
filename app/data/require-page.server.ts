/** Guards of pages whose data is one Convex query. */
import { data } from "react-router";
import { type Arguments, type Auth, authOf, toLogin } from "../auth/guards.server.ts";
import { requestContext } from "../request/context.ts";
import type { Refusal } from "../request/errors.ts";
import type { PageData, PageResult } from "./page-query.server.ts";

/** Returns 404 for missing pages and pages of other users, and 403 if the role does not allow the page. */
function asPage(refusal: Refusal) {
  if (refusal.code === "not_found" || refusal.code === "invalid") return data(null, { status: 404 });
  return refusal.code === "forbidden" ? data(null, { status: 403 }) : refusal;
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
      return { ...authOf(result.session), data: result.data };
    case "unavailable":
      return { ...authOf(result.session), data: null };
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

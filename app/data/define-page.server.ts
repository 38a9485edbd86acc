/**
 * A page whose data is one Convex query. Names the query once, and provides the route's middleware and the
 * guards of its loader.
 */
import type { FunctionArgs, FunctionReturnType } from "convex/server";
import { createContext, data, type MiddlewareFunction } from "react-router";
import { type Arguments, type Auth, authOf, toLogin } from "../auth/guards.server.ts";
import { requestContext } from "../request/context.ts";
import type { RejectedError } from "../request/errors.ts";
import type { PageReference, PageResult } from "./page-query.server.ts";

/** `now` is the time of the request in Unix ms. */
type From = { params: Record<string, string | undefined>; url: URL; now: number };

/** Returns the query's arguments from the page's URL and time. Optional if the query has none. */
type ArgsOf<F extends PageReference> =
  Record<string, never> extends FunctionArgs<F>
    ? [argsOf?: (from: From) => FunctionArgs<F>]
    : [argsOf: (from: From) => FunctionArgs<F>];

const GUEST = { user: null, session: null, data: null };

/**
 * Defines a page by its Convex query.
 *
 * @param reference - The page's function in `convex/pages.ts`.
 * @param argsOf - Returns the function's arguments from the page's URL.
 */
export function definePage<F extends PageReference>(reference: F, ...[argsOf]: ArgsOf<F>) {
  type Data = FunctionReturnType<F>;
  const running = createContext<() => Promise<PageResult<Data>>>();

  /**
   * Registers the query before any loader runs, so that the root and page loaders share its result. Turns
   * guests away from a page whose policy requires a sign-in.
   */
  const register: MiddlewareFunction<Response> = async ({ context, params, request, url }) => {
    const { auth, now, page, route } = context.get(requestContext);
    const isRead = request.method === "GET";
    if (isRead && route.policy.access !== "everyone" && (await auth.open()) === null)
      throw toLogin({ context });
    context.set(running, page.use(reference, argsOf?.({ params, url, now }) ?? {}));
  };

  const resultOf = ({ context }: Arguments) => context.get(running)();

  /**
   * Returns the current user and the page's data.
   *
   * @returns `data` is null if Convex is unavailable.
   * @throws {Response} a redirect to `/login` when the user is signed out or the session was revoked.
   * @throws {DataWithResponseInit} 404 or 403 when Convex rejects the query.
   */
  async function require(args: Arguments): Promise<Auth & { data: Data | null }> {
    const result = await resultOf(args);
    switch (result.status) {
      case "ok":
        return { ...authOf(result.session), data: result.data };
      case "unavailable":
        return { ...authOf(result.session), data: null };
      case "rejected":
        throw asPage(result.rejection);
      case "signed_out":
        throw toLogin(args);
    }
  }

  return {
    middleware: [register],
    require,

    /**
     * Returns the same as `require`, for admin pages. Needs a response from Convex, which stores the roles.
     *
     * @throws {Response} a redirect to `/login` when the user is signed out or the session was revoked.
     * @throws {DataWithResponseInit} 404 or 403 when Convex rejects the query, 503 when Convex is unavailable.
     */
    async requireAdmin(args: Arguments): Promise<Auth & { data: Data }> {
      const { data: page, ...auth } = await require(args);
      if (page === null) throw data(null, { status: 503 });
      return { ...auth, data: page };
    },

    /**
     * Returns the current user and the page's data, for pages that are open to guests.
     *
     * @returns All null for a guest. `data` is also null if Convex is unavailable.
     */
    async optional(args: Arguments): Promise<(Auth & { data: Data | null }) | typeof GUEST> {
      const result = await resultOf(args);
      if (result.status === "signed_out") return GUEST;
      return { ...authOf(result.session), data: result.status === "ok" ? result.data : null };
    },
  };
}

/** Returns 404 for missing pages and pages of other users, and 403 if the role does not allow the page. */
function asPage(rejection: RejectedError) {
  if (rejection.code === "not_found" || rejection.code === "invalid") return data(null, { status: 404 });
  return rejection.code === "forbidden" ? data(null, { status: 403 }) : rejection;
}

/**
 * A page's Convex query, registered by the route's middleware and shared by the root and page loaders. It
 * also checks that the session is not revoked, so no separate call is needed. After an action, it runs only
 * for the new render and therefore sees the action's changes.
 */
import type { FunctionArgs, FunctionReference, FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import type { Current, RequestAuth } from "../auth/request-auth.server.ts";
import type { Session } from "../auth/session.ts";
import { syncIfPending, syncUser } from "../auth/sync-user.server.ts";
import type { SeenFrom } from "../request/context.ts";
import { createConvex } from "../request/convex.server.ts";
import type { Env } from "../request/env.server.ts";
import { ConvexCallError, RejectedError } from "../request/errors.ts";
import type { Reporter } from "../request/report.server.ts";
import type { Theme } from "../ui/theme.ts";

declare module "../request/context.ts" {
  interface RequestContext {
    page: PageQuery;
  }
}

/** The current user as Convex stores them, from `users.viewer`. */
export type Viewer = NonNullable<FunctionReturnType<typeof api.users.viewer>>;

/** Every page query also returns the current user; null before the first sync. */
export type PageData = { viewer: Viewer | null };
export type PageReference = FunctionReference<"query", "public", Record<string, unknown>, PageData>;

export type PageResult<T extends PageData = PageData> =
  | { status: "ok"; session: Readonly<Session>; data: T }
  /** Signed in, but the data is unavailable. */
  | { status: "unavailable"; session: Readonly<Session> }
  /** Signed in, but Convex rejected the query: missing, or not allowed for this user. */
  | { status: "rejected"; session: Readonly<Session>; rejection: RejectedError }
  | { status: "signed_out" };

export type PageQueryOptions = {
  env: Env;
  auth: RequestAuth;
  report: Reporter;
  /** The route's pattern. */
  action: string;
  deadline: AbortSignal;
  /** True for HEAD and prefetch, which query but do not sync. */
  readOnly: boolean;
  seen: () => SeenFrom;
  /** This browser's theme. */
  theme: Theme | null;
};

/** Runs a page's query, or returns the result of its first run. */
type Run<T extends PageData> = () => Promise<PageResult<T>>;

export class PageQuery {
  readonly #options: PageQueryOptions;
  #run: Run<PageData> | null = null;

  constructor(options: PageQueryOptions) {
    this.#options = options;
  }

  /**
   * Registers the page's query without running it.
   *
   * @returns A function that returns the query's result. The query runs at most once.
   * @throws {Error} when the page already has a query.
   */
  use<F extends PageReference>(reference: F, args: FunctionArgs<F>): Run<FunctionReturnType<F>> {
    if (this.#run !== null) throw new Error("This request has a page query already.");
    let result: Promise<PageResult<FunctionReturnType<F>>> | null = null;
    const run = () => {
      result ??= this.#ask(reference, args);
      return result;
    };
    this.#run = run;
    return run;
  }

  /** Returns the result of the page's query; null if the page has none. */
  result(): Promise<PageResult> | null {
    return this.#run?.() ?? null;
  }

  async #ask<F extends PageReference>(
    reference: F,
    args: FunctionArgs<F>,
  ): Promise<PageResult<FunctionReturnType<F>>> {
    const { auth } = this.#options;
    const current = await auth.current();
    if (current === null) return { status: "signed_out" };
    const { session } = current;
    // A request without effects does not sync, and Convex would reject a user that it does not know.
    if (this.#options.readOnly && session.syncPending) return { status: "unavailable", session };
    // The failed refresh has already been reported.
    if (!current.tokenUsable)
      return (await auth.endedHere()) ? { status: "signed_out" } : { status: "unavailable", session };
    try {
      return { status: "ok", session, data: await this.#query(current, reference, args) };
    } catch (error) {
      if (error instanceof RejectedError && error.code === "unauthenticated") {
        await auth.endAsInConvex();
        return { status: "signed_out" };
      }
      if (error instanceof RejectedError) return { status: "rejected", session, rejection: error };
      return this.#withoutData(session, error);
    }
  }

  async #query<F extends PageReference>(
    current: Current,
    reference: F,
    args: FunctionArgs<F>,
  ): Promise<FunctionReturnType<F>> {
    const { env, deadline, readOnly, seen, theme } = this.#options;
    const { session } = current;
    const sync = { env, session, seen, theme, signal: deadline };
    await syncIfPending(this.#options.auth, sync);
    const convex = createConvex(env, session.accessToken, deadline);
    const query = async () => {
      const data = await convex.query(reference, args);
      // A proxy or another server at this address may return anything.
      if (!isPageData(data)) throw new ConvexCallError("unavailable");
      return data;
    };
    const data = await query().catch(async (error: unknown) => {
      // Pages with access checks also reject users who are not synced yet.
      const mayBeUnknown = !readOnly && error instanceof RejectedError && error.code === "forbidden";
      if (mayBeUnknown && (await convex.query(api.users.viewer, {})) === null) return null;
      throw error;
    });
    if (data !== null && (data.viewer !== null || readOnly)) return data;
    // Retry the sync that failed at sign-in.
    await syncUser(sync);
    return query();
  }

  async #withoutData(
    session: Readonly<Session>,
    cause: unknown,
  ): Promise<Extract<PageResult, { status: "unavailable" | "signed_out" }>> {
    const { action, auth, report } = this.#options;
    // If Convex is unavailable, the Durable Object still knows whether this app ended the session.
    if (await auth.endedHere()) return { status: "signed_out" };
    report({ component: "data", action, error: cause, userId: session.user.id });
    return { status: "unavailable", session };
  }
}

/** Returns whether a response has the fields that every page needs. */
function isPageData(answer: unknown): answer is PageData {
  if (typeof answer !== "object" || answer === null || !("viewer" in answer)) return false;
  const { viewer } = answer;
  if (viewer === null) return true;
  if (typeof viewer !== "object") return false;
  const { _id, email, preferences } = viewer as Partial<Record<keyof Viewer, unknown>>;
  const areStrings = typeof _id === "string" && typeof email === "string";
  return areStrings && typeof preferences === "object" && preferences !== null;
}

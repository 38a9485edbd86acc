/**
 * A page's one Convex query. The route's middleware names it before any loader runs; root's and the page's loaders
 * then await the same answer. It also says whether the session still stands, so that is never asked apart. An action
 * comes before: only what is rendered after it is asked for, and so already has what it changed.
 */
import type { FunctionReference } from "convex/server";
import { api } from "../convex/_generated/api.js";
import type { SeenFrom } from "./auth/refresher.server.ts";
import type { Current, RequestAuth } from "./auth/request-auth.server.ts";
import type { Session } from "./auth/session.ts";
import { syncUser } from "./auth/sync-user.server.ts";
import { createConvex } from "./convex.server.ts";
import type { Env } from "./env.server.ts";
import { ConvexFailure, Refusal } from "./errors.ts";
import type { Log } from "./log.server.ts";
import type { Reporter } from "./report.server.ts";
import type { Theme } from "./theme/theme.ts";
import type { Viewer } from "./viewer.ts";

/** Every page's query answers the viewer beside its own data; null before the first sync. */
export type PageData = { viewer: Viewer | null };
export type PageReference = FunctionReference<"query", "public", Record<string, unknown>, PageData>;

export type PageResult<T extends PageData = PageData> =
  | { status: "ok"; session: Readonly<Session>; data: T }
  /** Signed in, but the data is not to be had now. */
  | { status: "unavailable"; session: Readonly<Session> }
  /** Signed in, but this is not for this person, or not there. */
  | { status: "refused"; session: Readonly<Session>; refusal: Refusal }
  | { status: "signed_out" };

export type PageQueryOptions = {
  env: Env;
  auth: RequestAuth;
  log: Log;
  report: Reporter;
  /** The route's pattern. */
  action: string;
  deadline: AbortSignal;
  /** HEAD and prefetch ask, but do not sync. */
  readOnly: boolean;
  seen: () => SeenFrom;
  /** What this browser has chosen. */
  theme: Theme | null;
};

export class PageQuery {
  readonly #options: PageQueryOptions;
  #ask: (() => Promise<PageResult>) | null = null;
  #result: Promise<PageResult> | null = null;

  constructor(options: PageQueryOptions) {
    this.#options = options;
  }

  /** Says which query this page is made of; a page has one. Nothing is asked yet. */
  use(reference: PageReference, args: Record<string, unknown>): void {
    if (this.#ask !== null) throw new Error("This request has a page query already.");
    this.#ask = () => this.#run(reference, args);
  }

  /** The answer of the page's query, asked for once; null on a page that has none. */
  result(): Promise<PageResult> | null {
    if (this.#ask !== null) this.#result ??= this.#ask();
    return this.#result;
  }

  async #run(reference: PageReference, args: Record<string, unknown>): Promise<PageResult> {
    const { auth, log } = this.#options;
    const current = await auth.current();
    if (current === null) return { status: "signed_out" };
    const { session } = current;
    // That the token could not be refreshed has been reported.
    if (!current.tokenUsable)
      return (await auth.endedHere()) ? { status: "signed_out" } : { status: "unavailable", session };
    try {
      return { status: "ok", session, data: await this.#query(current, reference, args) };
    } catch (error) {
      if (error instanceof Refusal && error.code === "unauthenticated") {
        log.info("auth.revoked", { userId: session.user.id });
        auth.end("session_revoked");
        return { status: "signed_out" };
      }
      if (error instanceof Refusal) return { status: "refused", session, refusal: error };
      return this.#withoutData(session, error);
    }
  }

  async #query(current: Current, reference: PageReference, args: Record<string, unknown>): Promise<PageData> {
    const { env, deadline, readOnly, seen, theme } = this.#options;
    const convex = createConvex(env, current.session.accessToken, deadline);
    const data = await convex.query(reference, args).catch(async (error: unknown) => {
      // Some pages are only for people who are known, and a person not yet synced is refused like anyone else.
      const mayBeUnknown = !readOnly && error instanceof Refusal && error.code === "forbidden";
      if (mayBeUnknown && (await convex.query(api.users.viewer, {})) === null) return { viewer: null };
      throw error;
    });
    // Whatever answers in Convex's place may answer anything.
    if (!isPageData(data)) throw new ConvexFailure("unavailable");
    if (data.viewer !== null || readOnly) return data;
    // The sync at sign-in did not get through; now Convex answers.
    await syncUser({ env, session: current.session, seen: seen(), theme, signal: deadline });
    const known = await convex.query(reference, args);
    if (!isPageData(known)) throw new ConvexFailure("unavailable");
    return known;
  }

  async #withoutData(session: Readonly<Session>, cause: unknown): Promise<PageResult> {
    const { action, auth, report } = this.#options;
    // Convex knows which sessions are over. Where it does not answer, the session's own object still knows of those
    // that were ended here.
    if (await auth.endedHere()) return { status: "signed_out" };
    report({ component: "data", action, error: cause, userId: session.user.id });
    return { status: "unavailable", session };
  }
}

/** Whether an answer has a viewer that pages can be made of. */
function isPageData(answer: unknown): answer is PageData {
  if (typeof answer !== "object" || answer === null || !("viewer" in answer)) return false;
  const { viewer } = answer;
  if (viewer === null) return true;
  if (typeof viewer !== "object") return false;
  const { _id, email, preferences } = viewer as Partial<Record<keyof Viewer, unknown>>;
  const areWords = typeof _id === "string" && typeof email === "string";
  return areWords && typeof preferences === "object" && preferences !== null;
}

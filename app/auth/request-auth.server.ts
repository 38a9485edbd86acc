/** Authentication state of one request: unseals, refreshes and writes the session cookie at most once. */
import type { SeenFrom } from "../request/context.ts";
import {
  clearSessionCookie,
  hasSessionCookie,
  type RequestCookies,
  writeSessionCookie,
} from "../request/cookies.server.ts";
import type { Env } from "../request/env.server.ts";
import { WorkOSCallError } from "../request/errors.ts";
import type { Log } from "../request/log.server.ts";
import type { Reporter } from "../request/report.server.ts";
import { knownEnd } from "./known-ends.server.ts";
import { newestSession } from "./newest-session.server.ts";
import { patienceFor, refreshWithin } from "./refresh-wait.server.ts";
import type { RefreshAnswer, Refreshers, RefreshRequest } from "./refresher.server.ts";
import { mayEnter, revocationOf } from "./refresher.server.ts";
import { sealSession } from "./seal.server.ts";
import { type EndReason, nearExpiry, type Session, sessionEnd, tokenExpired } from "./session.ts";

declare module "../request/context.ts" {
  interface RequestContext {
    auth: RequestAuth;
    refreshers: Refreshers;
  }
}

/** A valid session, and whether its access token is still valid. */
export type Current = { session: Readonly<Session>; tokenUsable: boolean };

type Asked = { current: Current | null; answer: RefreshAnswer | null };

export type RequestAuthOptions = {
  env: Env;
  cookies: RequestCookies;
  /** The `Cookie` header, which can contain several cookies of one name. */
  cookieHeader: string;
  refreshers: Refreshers;
  log: Log;
  report: Reporter;
  /** Arrival of the request, Unix milliseconds. */
  now: number;
  /** True for HEAD and speculative requests, which must not refresh or write cookies. */
  readOnly: boolean;
  seen: () => SeenFrom;
  waitUntil: (promise: Promise<unknown>) => void;
  /** Aborts waiting for a refresh; the session then stays unchanged. */
  deadline: AbortSignal;
};

/** Lifetime of a token that is enough for a page, in milliseconds. */
const PAGE_MS = 5_000;

export class RequestAuth {
  readonly #options: RequestAuthOptions;
  #opened: Promise<Readonly<Session> | null> | undefined;
  #current: Promise<Current | null> | undefined;
  #write: string[] = [];
  #endReason: EndReason | null = null;

  constructor(options: RequestAuthOptions) {
    this.#options = options;
  }

  /** Why the request's session ended; null if it did not, or if there is none. */
  get endReason(): EndReason | null {
    return this.#endReason;
  }

  /** The `Set-Cookie` lines for this response. */
  get setCookies(): readonly string[] {
    return this.#options.readOnly ? [] : this.#write;
  }

  /** Returns the session from the cookie, without a network call. Clears a cookie that cannot be unsealed. */
  open(): Promise<Readonly<Session> | null> {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  async #open(): Promise<Readonly<Session> | null> {
    const { env, cookies, cookieHeader, log, now } = this.#options;
    const session = await newestSession(env, cookieHeader, log, now);
    if (session === null && hasSessionCookie(env, cookies)) this.#forget();
    if (session === null) return null;
    const reason = knownEnd(session.sessionId);
    if (reason === null && mayEnter(env, session)) return session;
    log.info("auth.revoked", { outcome: reason ?? "not_allowed", userId: session.user.id });
    this.end(reason ?? "session_revoked");
    if (reason === null) this.#revoke(session);
    return null;
  }

  /** Ends the session, which Convex has ended, for this request and all later ones. */
  async endAsInConvex(): Promise<void> {
    const session = await this.open();
    if (session === null) return;
    this.#options.log.info("auth.revoked", { userId: session.user.id });
    this.end("session_revoked");
    this.#revoke(session, true);
  }

  #revoke(session: Readonly<Session>, told = false): void {
    const { log, readOnly, refreshers, seen, waitUntil } = this.#options;
    if (readOnly) return;
    const request = { ...revocationOf(session, seen(), log.requestId), told };
    const revoked = refreshers(session.sessionId).end(request);
    waitUntil(revoked.catch((error: unknown) => this.#reportObject(session, error)));
  }

  /** Returns the session, refreshed at most once per request if its access token is about to expire. */
  current(): Promise<Current | null> {
    this.#current ??= this.#refreshIfNeeded();
    return this.#current;
  }

  async #refreshIfNeeded(): Promise<Current | null> {
    const session = await this.open();
    if (session === null) return null;
    const { now, readOnly } = this.#options;
    if (readOnly || !nearExpiry(session, now)) return { session, tokenUsable: !tokenExpired(session, now) };
    const patience = patienceFor(session, PAGE_MS, now, this.#options.deadline);
    return this.#settle(session, await this.#ask(session, { force: false }, patience));
  }

  /**
   * Returns an access token for work after the response has started, when cookies can no longer be written.
   *
   * @param signal - Aborts waiting for a refresh.
   * @returns The token, or null if the session has ended.
   */
  async lateToken(signal: AbortSignal): Promise<string | null> {
    const session = await this.open();
    if (session === null || !nearExpiry(session, Date.now())) return session?.accessToken ?? null;
    const answer = await this.#ask(session, { force: false }, signal);
    if (answer.status === "ended") return null;
    if (answer.status !== "refreshed") return session.accessToken;
    this.#opened = Promise.resolve(answer.session);
    return answer.session.accessToken;
  }

  /**
   * Asks the session's Durable Object even if the token is valid, to detect a session that ended.
   *
   * @param force - Whether to refresh a token that has not expired.
   * @param lifetimeMs - Required remaining lifetime of the token otherwise, in milliseconds.
   */
  async askRefresher(force: boolean, lifetimeMs: number): Promise<Asked> {
    const session = await this.open();
    if (session === null) return { current: null, answer: null };
    const { deadline, now } = this.#options;
    const patience = force ? deadline : patienceFor(session, lifetimeMs, now, deadline);
    return this.#adoptAnswer(session, await this.#ask(session, { force }, patience));
  }

  /** Switches the session to an organization. */
  async switchOrganization(organizationId: string): Promise<Asked> {
    const session = await this.open();
    if (session === null) return { current: null, answer: null };
    return this.#adoptAnswer(session, await this.#ask(session, { force: true, organizationId }));
  }

  #adoptAnswer(session: Readonly<Session>, answer: RefreshAnswer) {
    const current = this.#settle(session, answer);
    this.#current = Promise.resolve(current);
    return { current, answer };
  }

  /** Returns whether the session's Durable Object knows that it ended. Used if Convex is unavailable. */
  async endedHere(): Promise<boolean> {
    const session = await this.open();
    if (session === null) return false;
    const { refreshers } = this.#options;
    try {
      const reason = await refreshers(session.sessionId).ended();
      if (reason !== null) this.end(reason);
      return reason !== null;
    } catch (error) {
      this.#reportObject(session, error);
      return false;
    }
  }

  async #ask(
    session: Readonly<Session>,
    options: Pick<RefreshRequest, "force" | "organizationId">,
    deadline = this.#options.deadline,
  ): Promise<RefreshAnswer> {
    const { refreshers, log, seen } = this.#options;
    const request = { session, ...options, seen: seen(), requestId: log.requestId };
    try {
      return await refreshWithin(refreshers(session.sessionId), request, deadline);
    } catch (error) {
      this.#reportObject(session, error);
      return { status: "unavailable" };
    }
  }

  #settle(session: Readonly<Session>, answer: RefreshAnswer): Current | null {
    const { now, log } = this.#options;
    switch (answer.status) {
      case "unchanged":
      case "rejected":
        return { session, tokenUsable: !tokenExpired(session, now) };
      case "unavailable": {
        const tokenUsable = !tokenExpired(session, now);
        // Only a warning: the user does not notice while the token is valid.
        if (tokenUsable) log.warn("auth.refresh", { outcome: "unavailable", userId: session.user.id });
        else this.#reportUnrefreshed(session);
        return { session, tokenUsable };
      }
      case "ended":
        log.info(answer.reason === "session_revoked" ? "auth.revoked" : "auth.refresh", {
          outcome: answer.reason,
          userId: session.user.id,
        });
        this.end(answer.reason);
        return null;
      case "refreshed":
        return this.#adopt(session, answer.session, answer.sealed);
    }
  }

  #reportObject({ user }: Readonly<Session>, error: unknown): void {
    this.#options.report({ component: "auth", action: "session-refresher", error, userId: user.id });
  }

  #reportUnrefreshed({ user: { id: userId } }: Readonly<Session>): void {
    const { log, report } = this.#options;
    log.error("auth.refresh", { outcome: "unavailable", userId });
    report({ component: "auth", action: "refresh", error: new WorkOSCallError("unavailable"), userId });
  }

  #adopt(old: Readonly<Session>, session: Session, sealed: string): Current {
    const { env, cookies, now, log } = this.#options;
    const maxAge = Math.floor((sessionEnd(session) - now) / 1000);
    const lines = writeSessionCookie(env, cookies, sealed, maxAge);
    if (lines === null) {
      // Usable for this request only. The Durable Object keeps the new session for the next one.
      log.error("auth.refresh", { outcome: "too_big", userId: old.user.id });
    } else {
      this.#write = lines;
      this.#opened = Promise.resolve(session);
    }
    return { session, tokenUsable: !tokenExpired(session, now) };
  }

  /** Records in the cookie that Convex has received the sign-in. */
  async markSynced(): Promise<void> {
    const session = await this.open();
    if (session === null) return;
    const { env, now } = this.#options;
    const synced = { ...session, syncPending: false };
    this.signIn(synced, await sealSession(synced, env.cookiePasswords, now));
  }

  /** Treats this request as one of a guest. The browser keeps its session. */
  ignoreSession(): void {
    this.#write = [];
    this.#opened = Promise.resolve(null);
    this.#current = Promise.resolve(null);
  }

  /** Returns whether a sealed session is small enough for cookies. */
  fits(sealed: string): boolean {
    return writeSessionCookie(this.#options.env, this.#options.cookies, sealed, 0) !== null;
  }

  /**
   * Signs this browser in and replaces an existing session.
   *
   * @param sealed - The sealed form of `session`.
   * @returns False if the session is too large for cookies; nothing has changed then.
   */
  signIn(session: Session, sealed: string): boolean {
    const { env, cookies, now } = this.#options;
    const lines = writeSessionCookie(env, cookies, sealed, Math.floor((sessionEnd(session) - now) / 1000));
    if (lines === null) return false;
    this.#write = lines;
    this.#opened = Promise.resolve(session);
    this.#current = Promise.resolve({ session, tokenUsable: !tokenExpired(session, now) });
    return true;
  }

  /**
   * Signs this browser out.
   *
   * @param reason - Why the session ended; null if the user signed out.
   */
  end(reason: EndReason | null = null): void {
    this.#endReason = reason;
    this.#forget();
  }

  #forget(): void {
    this.#write = clearSessionCookie(this.#options.env, this.#options.cookies);
    this.#opened = Promise.resolve(null);
    this.#current = Promise.resolve(null);
  }
}

/**
 * Durable Object that refreshes one session and stores its end. All isolates share one call to WorkOS, a
 * browser that missed a response still receives the new session, and an ended session cannot be replayed.
 */
import { DurableObject } from "cloudflare:workers";
import { type LostRefresh, nextRetry } from "../app/auth/refresh-retry.ts";
import { mayBeSpent, refreshSession } from "../app/auth/refresh-session.server.ts";
import {
  type EndRequest,
  mayEnter,
  type RefreshAnswer,
  type RefreshRequest,
  revocationOf,
} from "../app/auth/refresher.server.ts";
import { openSession, sealSession } from "../app/auth/seal.server.ts";
import {
  type EndReason,
  nearExpiry,
  REFRESH_GRACE_MS,
  type Session,
  sessionEnd,
  sessionStart,
  tokenExpired,
} from "../app/auth/session.ts";
import type { SeenFrom } from "../app/request/context.ts";
import { createConvex } from "../app/request/convex.server.ts";
import { type Env, readEnv } from "../app/request/env.server.ts";
import { GrantError, RejectedError, WorkOSCallError } from "../app/request/errors.ts";
import { createLog, describeError, type Log } from "../app/request/log.server.ts";
import { api } from "../convex/_generated/api.js";
import { SESSION_LIFETIME_MS } from "../convex/model/sessionRules.ts";

/** Requests wait for the end of a pause that WorkOS asked for, if it is this short. */
const LONGEST_PAUSE_MS = 1_500;
const CONVEX_TIMEOUT_MS = 2_000;
/** Retry interval for revocations. With the timeout, Convex is notified within 15 s of its recovery. */
const REDELIVER_MS = 8_000;

/** The object's storage. The session is stored only sealed. */
type Stored = {
  latest: { sealed: string; refreshedAt: number };
  ended: { reason: EndReason };
  undelivered: EndRequest;
  lost: LostRefresh;
  /** WorkOS wants no call before this time, Unix milliseconds. */
  pausedUntil: number;
  /** When the storage is deleted, Unix milliseconds. */
  forgetAt: number;
};

type Latest = { session: Readonly<Session>; sealed: string };

export class SessionRefresher extends DurableObject<Record<string, unknown>> {
  readonly #config: Env;
  #refreshing: Promise<RefreshAnswer> | null = null;
  /** Cache of the stored `latest`, unsealed; undefined until it is read. */
  #latest: Latest | null | undefined;

  constructor(state: DurableObjectState, bindings: Record<string, unknown>) {
    super(state, bindings);
    this.#config = readEnv(bindings);
  }

  #get<K extends keyof Stored>(key: K): Promise<Stored[K] | undefined> {
    return this.ctx.storage.get<Stored[K]>(key);
  }

  #put(values: Partial<Stored>): Promise<void> {
    return this.ctx.storage.put(values);
  }

  async ended(): Promise<EndReason | null> {
    return (await this.#get("ended"))?.reason ?? null;
  }

  async refresh(request: RefreshRequest): Promise<RefreshAnswer> {
    const { session, force, organizationId } = request;
    const reason = await this.ended();
    if (reason !== null) return { status: "ended", reason };
    if (organizationId !== undefined) return this.#switchOrganization(request, organizationId);
    const now = Date.now();
    const latest = await this.#readLatest(now);
    const newer = latest !== null && latest.session.refreshedAt > session.refreshedAt ? latest : null;
    if (newer !== null) {
      const justRefreshed =
        now - newer.session.refreshedAt < REFRESH_GRACE_MS && !tokenExpired(newer.session, now);
      if (justRefreshed || (!force && !nearExpiry(newer.session, now))) {
        return { status: "refreshed", ...newer };
      }
    } else if (!force && !nearExpiry(session, now)) {
      return { status: "unchanged" };
    }
    const answer = await (this.#refreshing ?? this.#start(newer?.session ?? session, request));
    if (answer.status === "unavailable" && newer !== null && !tokenExpired(newer.session, Date.now())) {
      return { status: "refreshed", ...newer };
    }
    // The shared refresh was for an organization that WorkOS rejected. Retry without one.
    return answer.status === "rejected" ? this.refresh(request) : answer;
  }

  /**
   * Switches the organization after a running refresh, because a refresh token is valid once. Concurrent
   * requests for one organization share a call.
   */
  async #switchOrganization(request: RefreshRequest, organizationId: string): Promise<RefreshAnswer> {
    const { session } = request;
    await this.#readLatest(Date.now());
    while (this.#refreshing !== null) await this.#refreshing;
    const latest = this.#latest ?? null;
    const newer = latest !== null && latest.session.refreshedAt > session.refreshedAt ? latest : null;
    if (newer?.session.organizationId === organizationId && !nearExpiry(newer.session, Date.now())) {
      return { status: "refreshed", ...newer };
    }
    return this.#start(newer?.session ?? session, request);
  }

  /**
   * Starts a refresh that concurrent requests share.
   *
   * @param session - The newest known session.
   * @param cause - The request that starts the refresh.
   * @returns The result for every waiting request.
   */
  #start(
    session: Readonly<Session>,
    cause: Pick<RefreshRequest, "organizationId" | "requestId" | "seen">,
  ): Promise<RefreshAnswer> {
    this.#refreshing = this.#refresh(session, cause).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #readLatest(now: number): Promise<Latest | null> {
    if (this.#latest === undefined) {
      const sealed = (await this.#get("latest"))?.sealed;
      const session = sealed ? await openSession(sealed, this.#config.cookiePasswords, now) : null;
      this.#latest = sealed && session ? { sealed, session } : null;
    }
    return this.#latest;
  }

  async #refresh(
    session: Readonly<Session>,
    cause: Pick<RefreshRequest, "organizationId" | "requestId" | "seen">,
  ): Promise<RefreshAnswer> {
    const { organizationId, requestId, seen } = cause;
    const pause = ((await this.#get("pausedUntil")) ?? 0) - Date.now();
    if (pause > LONGEST_PAUSE_MS) return { status: "unavailable" };
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    const started = Date.now();
    const log = createLog(requestId);
    const outcome = (name: string) => ({ outcome: name, userId: session.user.id, ms: Date.now() - started });
    try {
      const next = await refreshSession(this.#config, session, organizationId);
      if (!mayEnter(this.#config, next)) {
        log.info("auth.refresh", outcome("not_allowed"));
        await this.end(revocationOf(next, seen, requestId));
        return { status: "ended", reason: "session_revoked" };
      }
      const sealed = await sealSession(next, this.#config.cookiePasswords, next.refreshedAt);
      // Discard the new tokens if the session ended during the call.
      const reason = await this.ended();
      if (reason !== null) return { status: "ended", reason };
      await this.#put({ latest: { sealed, refreshedAt: next.refreshedAt }, forgetAt: sessionEnd(next) });
      await this.ctx.storage.delete("lost");
      await this.#wakeBy(sessionEnd(next));
      this.#latest = { sealed, session: next };
      log.info("auth.refresh", outcome("refreshed"));
      this.ctx.waitUntil(this.#recordSeen(next, seen, log));
      return { status: "refreshed", session: next, sealed };
    } catch (error) {
      const reason = await this.ended();
      if (reason !== null) return { status: "ended", reason };
      if (!(error instanceof WorkOSCallError)) {
        log.warn("auth.refresh", { ...outcome("unavailable"), ...describeError(error) });
        return { status: "unavailable" };
      }
      const isRejection = error.kind === "invalid_grant" || error.kind === "rejected";
      log.warn("auth.refresh", { ...outcome(isRejection ? error.kind : "unavailable"), ...error.fields });
      if (!isRejection) {
        await this.#noteFailure(error, session, cause, started);
        return { status: "unavailable" };
      }
      await this.ctx.storage.delete("lost");
      if (organizationId !== undefined && error.kind === "rejected") {
        return { status: "rejected", code: error.code };
      }
      await this.#put({ ended: { reason: "session_expired" }, forgetAt: sessionEnd(session) });
      await this.#wakeBy(sessionEnd(session));
      return { status: "ended", reason: "session_expired" };
    }
  }

  /** Pauses the calls if WorkOS asks for it, and schedules retries if the refresh token may be spent. */
  async #noteFailure(
    error: WorkOSCallError,
    session: Readonly<Session>,
    { requestId, seen }: Pick<RefreshRequest, "requestId" | "seen">,
    firstAt: number,
  ): Promise<void> {
    const limit = error instanceof GrantError && error.status === 429 ? error.details.retryAfterMs : null;
    if (limit !== null) await this.#put({ pausedUntil: Date.now() + limit });
    const { refreshedAt } = session;
    if (!mayBeSpent(error) || (await this.#get("lost"))?.refreshedAt === refreshedAt) return;
    const sealed = await sealSession(session, this.#config.cookiePasswords, firstAt);
    const lost: LostRefresh = { sealed, refreshedAt, firstAt, retries: 0, seen, requestId };
    await this.#put({ lost, forgetAt: sessionEnd(session) });
    await this.#wakeBy(nextRetry(lost) ?? firstAt);
  }

  /** Retries a lost refresh if it is due, and schedules the next retry. */
  async #retryLost(): Promise<void> {
    const lost = await this.#get("lost");
    if (lost === undefined) return;
    const session = await openSession(lost.sealed, this.#config.cookiePasswords, Date.now());
    if (session !== null && (nextRetry(lost) ?? 0) <= Date.now()) {
      // Stored first, so that a failure of this object does not repeat the retry.
      await this.#put({ lost: { ...lost, retries: lost.retries + 1 } });
      await (this.#refreshing ?? this.#start(session, lost));
    }
    const left = await this.#get("lost");
    const next = left === undefined || session === null ? null : nextRetry(left);
    if (next === null) await this.ctx.storage.delete("lost");
    else await this.#wakeBy(next);
  }

  /** Records the last use of the session in Convex. Not retried: the next refresh records it again. */
  async #recordSeen(session: Session, seen: SeenFrom, log: Log): Promise<void> {
    try {
      const signal = AbortSignal.timeout(CONVEX_TIMEOUT_MS);
      await createConvex(this.#config, session.accessToken, signal).workerMutation(api.edge.refreshed, {
        session: { sessionId: session.sessionId, ...seen, startedAt: sessionStart(session) },
      });
    } catch (error) {
      const cause = error instanceof RejectedError ? { code: error.code } : describeError(error);
      log.warn("sync.user", { outcome: "not_seen", ...cause });
      const isOver = error instanceof RejectedError && error.code === "unauthenticated";
      // Convex rejects a user that it does not know yet, too.
      if (isOver && !session.syncPending)
        await this.end({ ...revocationOf(session, seen, log.requestId), told: true });
    }
  }

  async end(request: EndRequest): Promise<void> {
    if ((await this.#get("ended"))?.reason === "session_revoked") return;
    const forgetAt = request.signedInAt + SESSION_LIFETIME_MS;
    await this.#put({ ended: { reason: "session_revoked" }, forgetAt });
    await this.ctx.storage.delete(["latest", "lost"]);
    this.#latest = null;
    if (request.told) return this.#wakeBy(forgetAt);
    await this.#put({ undelivered: request });
    await this.#wakeBy(Date.now() + REDELIVER_MS);
    await this.#deliver(request);
  }

  /**
   * Notifies Convex that the session ended.
   *
   * @returns Whether Convex accepted it; if not, the alarm retries.
   */
  async #deliver(request: EndRequest): Promise<boolean> {
    const log = createLog(request.requestId);
    try {
      const convex = createConvex(this.#config, null, AbortSignal.timeout(CONVEX_TIMEOUT_MS));
      await convex.workerMutation(request.revoked ? api.sessions.revoke : api.edge.signedOut, {
        sessionId: request.sessionId,
        workosUserId: request.userId,
        ipAddress: request.ipAddress,
        userAgent: request.userAgent,
        ...(request.impersonator !== undefined && { impersonator: request.impersonator }),
      });
    } catch (error) {
      const cause = error instanceof RejectedError ? { code: error.code } : describeError(error);
      log.warn("auth.logout", { outcome: "undelivered", userId: request.userId, ...cause });
      // Retry rejections too: they mean that the edge secrets differ, which an operator can fix.
      return false;
    }
    await this.ctx.storage.delete("undelivered");
    return true;
  }

  override async alarm(): Promise<void> {
    const undelivered = await this.#get("undelivered");
    if (undelivered && !(await this.#deliver(undelivered))) {
      await this.ctx.storage.setAlarm(Date.now() + REDELIVER_MS);
      return;
    }
    await this.#retryLost();
    const forgetAt = (await this.#get("forgetAt")) ?? 0;
    if (forgetAt > Date.now()) await this.#wakeBy(forgetAt);
    else await this.ctx.storage.deleteAll();
  }

  /** Sets the alarm, unless an earlier one is set. */
  async #wakeBy(time: number): Promise<void> {
    const due = await this.ctx.storage.getAlarm();
    if (due === null || due > time) await this.ctx.storage.setAlarm(time);
  }
}

/**
 * Durable Object that refreshes one session and stores its end. All isolates share one call to WorkOS, a
 * browser that missed a response still receives the new session, and an ended session cannot be replayed.
 */
import { DurableObject } from "cloudflare:workers";
import {
  type AccessTokenClaims,
  KEYS_UNAVAILABLE,
  readDirectToken,
  verifyAccessToken,
} from "../app/auth/access-token.server.ts";
import { mayEnter, revocationOf } from "../app/auth/entry.server.ts";
import type { EndRequest, RefreshAnswer, RefreshRequest } from "../app/auth/refresher.server.ts";
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
import { exchangeRefreshToken } from "../app/auth/workos.server.ts";
import type { SeenFrom } from "../app/request/context.ts";
import { createConvex } from "../app/request/convex.server.ts";
import { type Env, readEnv } from "../app/request/env.server.ts";
import { RejectedError, WorkOSCallError } from "../app/request/errors.ts";
import { createLog, describeError, type Log } from "../app/request/log.server.ts";
import { api } from "../convex/_generated/api.js";
import { SESSION_LIFETIME_MS } from "../convex/model/sessionRules.ts";

/** Timeout of a WorkOS call. Waiting requests have shorter deadlines. */
const WORKOS_TIMEOUT_MS = 5_000;
/** Timeout for fetching the signing keys; the refresh then continues without them. */
const KEYS_TIMEOUT_MS = 1_000;
const CONVEX_TIMEOUT_MS = 2_000;
/** Retry interval for revocations. With the timeout, Convex is notified within 15 s of its recovery. */
const REDELIVER_MS = 8_000;

/** The object's storage. The session is stored only sealed. */
type Stored = {
  latest: { sealed: string; refreshedAt: number };
  ended: { reason: EndReason };
  undelivered: EndRequest;
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
  #start(session: Readonly<Session>, cause: RefreshRequest): Promise<RefreshAnswer> {
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
    { organizationId, requestId, seen }: RefreshRequest,
  ): Promise<RefreshAnswer> {
    const log = createLog(requestId);
    const started = Date.now();
    const outcome = (name: string) => ({ outcome: name, userId: session.user.id, ms: Date.now() - started });
    try {
      const next = await this.#exchange(session, organizationId);
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
      await this.#wakeBy(sessionEnd(next));
      this.#latest = { sealed, session: next };
      log.info("auth.refresh", outcome("refreshed"));
      this.ctx.waitUntil(this.#recordSeen(next, seen, log));
      return { status: "refreshed", session: next, sealed };
    } catch (error) {
      if (error instanceof WorkOSCallError && error.kind === "invalid_grant") {
        await this.#put({ ended: { reason: "session_expired" }, forgetAt: sessionEnd(session) });
        await this.#wakeBy(sessionEnd(session));
        log.warn("auth.refresh", outcome("invalid_grant"));
        return { status: "ended", reason: "session_expired" };
      }
      if (organizationId !== undefined && error instanceof WorkOSCallError && error.kind === "rejected") {
        log.info("auth.refresh", { ...outcome("organization_refused"), code: error.code });
        return { status: "rejected", code: error.code };
      }
      const code = error instanceof WorkOSCallError ? { code: error.code } : describeError(error);
      log.warn("auth.refresh", { ...outcome("unavailable"), ...code });
      return { status: "unavailable" };
    }
  }

  async #exchange(session: Readonly<Session>, wanted: string | undefined): Promise<Session> {
    const signal = AbortSignal.timeout(WORKOS_TIMEOUT_MS);
    const exchange = (organizationId: string | null) =>
      exchangeRefreshToken(this.#config, session.refreshToken, organizationId, signal);
    const grant = await exchange(wanted ?? session.organizationId).catch((error: unknown) => {
      // A user who left the session's organization stays signed in. A rejected call does not spend the token.
      const mayHaveLeft =
        wanted === undefined &&
        session.organizationId !== null &&
        this.#config.entryRule.organizationId === null;
      if (mayHaveLeft && error instanceof WorkOSCallError && error.kind === "rejected") return exchange(null);
      throw error;
    });
    const claims = await this.#claimsOf(grant.accessToken, signal);
    if (claims.sessionId !== session.sessionId || claims.userId !== session.user.id) {
      throw new WorkOSCallError("unavailable", 200, "another_session");
    }
    return {
      ...session,
      user: grant.user,
      accessToken: grant.accessToken,
      accessTokenExpiresAt: claims.expiresAt,
      refreshToken: grant.refreshToken,
      organizationId: claims.organizationId,
      role: claims.role,
      impersonator: claims.impersonator,
      userUpdatedAt: grant.userUpdatedAt,
      // Keeps two refreshes within one millisecond distinguishable.
      refreshedAt: Math.max(Date.now(), session.refreshedAt + 1),
    };
  }

  /** Falls back to unverified claims if the keys are unavailable: the refresh token is already spent. */
  async #claimsOf(accessToken: string, signal: AbortSignal): Promise<AccessTokenClaims> {
    const keysSignal = AbortSignal.any([signal, AbortSignal.timeout(KEYS_TIMEOUT_MS)]);
    try {
      return await verifyAccessToken(this.#config, accessToken, keysSignal, Date.now());
    } catch (error) {
      if (!(error instanceof WorkOSCallError) || error.code !== KEYS_UNAVAILABLE) throw error;
      return readDirectToken(this.#config, accessToken, Date.now());
    }
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
    }
  }

  async end(request: EndRequest): Promise<void> {
    if ((await this.#get("ended"))?.reason === "session_revoked") return;
    const forgetAt = request.signedInAt + SESSION_LIFETIME_MS;
    await this.#put({ ended: { reason: "session_revoked" }, forgetAt });
    await this.ctx.storage.delete("latest");
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
    const forgetAt = (await this.#get("forgetAt")) ?? 0;
    if (forgetAt > Date.now()) await this.ctx.storage.setAlarm(forgetAt);
    else await this.ctx.storage.deleteAll();
  }

  /** Sets the alarm, unless an earlier one is set. */
  async #wakeBy(time: number): Promise<void> {
    const due = await this.ctx.storage.getAlarm();
    if (due === null || due > time) await this.ctx.storage.setAlarm(time);
  }
}

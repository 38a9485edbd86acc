/**
 * One object per session: the only place where a session is refreshed, and where its end is remembered. So any number
 * of isolates and requests share one call to WorkOS, a browser that missed an answer still gets it, and a signed-out
 * session stays signed out until its seventh day, whatever is replayed.
 */
import { DurableObject } from "cloudflare:workers";
import {
  type AccessTokenClaims,
  KEYS_UNAVAILABLE,
  readDirectToken,
  verifyAccessToken,
} from "../app/auth/access-token.server.ts";
import type { EndRequest, RefreshAnswer, RefreshRequest, SeenFrom } from "../app/auth/refresher.server.ts";
import { openSession, sealSession } from "../app/auth/seal.server.ts";
import {
  type EndReason,
  nearExpiry,
  REFRESH_GRACE_MS,
  SESSION_LIFETIME_MS,
  type Session,
  sessionEnd,
  tokenExpired,
} from "../app/auth/session.ts";
import { exchangeRefreshToken } from "../app/auth/workos.server.ts";
import { createConvex } from "../app/convex.server.ts";
import { type Env, readEnv } from "../app/env.server.ts";
import { Refusal, WorkOSFailure } from "../app/errors.ts";
import { createLog, describeError, type Log } from "../app/log.server.ts";
import { api } from "../convex/_generated/api.js";

/** WorkOS may take this long; the requests that wait have shorter deadlines of their own. */
const WORKOS_TIMEOUT_MS = 5_000;
/** Its keys may take this long; then the refresh goes on without them. */
const KEYS_TIMEOUT_MS = 1_000;
const CONVEX_TIMEOUT_MS = 2_000;
/** How soon an undelivered revocation is tried again: within 15 s of Convex answering, its timeout included. */
const REDELIVER_MS = 8_000;

/** What the object keeps. The session itself only as its seal. */
type Stored = {
  latest: { sealed: string; refreshedAt: number };
  ended: { reason: EndReason };
  undelivered: EndRequest;
  /** When all of this may be forgotten. */
  forgetAt: number;
};

type Latest = { session: Readonly<Session>; sealed: string };

export class SessionRefresher extends DurableObject<Record<string, unknown>> {
  readonly #config: Env;
  #refreshing: Promise<RefreshAnswer> | null = null;
  /** The opened form of what is stored under `latest`. */
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
    // What was shared was the wish for an organization; this request has none.
    return answer.status === "refused" ? this.refresh(request) : answer;
  }

  /** A refresh token is good once, so whatever is under way ends first; two equal wishes cause one call. */
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
   * Starts the one refresh that is under way.
   *
   * @param session - The newest session known.
   * @param cause - The request that starts it; later requests only wait for its result.
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
      const sealed = await sealSession(next, this.#config.cookiePasswords, next.refreshedAt);
      // Somebody signed out while WorkOS was answering: what it gave goes to nobody.
      const reason = await this.ended();
      if (reason !== null) return { status: "ended", reason };
      await this.#put({ latest: { sealed, refreshedAt: next.refreshedAt }, forgetAt: sessionEnd(next) });
      await this.#wakeBy(sessionEnd(next));
      this.#latest = { sealed, session: next };
      log.info("auth.refresh", outcome("refreshed"));
      this.ctx.waitUntil(this.#recordSeen(next, seen, log));
      return { status: "refreshed", session: next, sealed };
    } catch (error) {
      if (error instanceof WorkOSFailure && error.kind === "invalid_grant") {
        await this.#put({ ended: { reason: "session_expired" }, forgetAt: sessionEnd(session) });
        await this.#wakeBy(sessionEnd(session));
        log.warn("auth.refresh", outcome("invalid_grant"));
        return { status: "ended", reason: "session_expired" };
      }
      if (organizationId !== undefined && error instanceof WorkOSFailure && error.kind === "refused") {
        log.info("auth.refresh", { ...outcome("organization_refused"), code: error.code });
        return { status: "refused", code: error.code };
      }
      const code = error instanceof WorkOSFailure ? { code: error.code } : describeError(error);
      log.warn("auth.refresh", { ...outcome("unavailable"), ...code });
      return { status: "unavailable" };
    }
  }

  async #exchange(session: Readonly<Session>, wished: string | undefined): Promise<Session> {
    const signal = AbortSignal.timeout(WORKOS_TIMEOUT_MS);
    const exchange = (organizationId: string | null) =>
      exchangeRefreshToken(this.#config, session.refreshToken, organizationId, signal);
    const grant = await exchange(wished ?? session.organizationId).catch((error: unknown) => {
      // Somebody who left the session's organization is still signed in; a refusal spends no token.
      const mayHaveLeft = wished === undefined && session.organizationId !== null;
      if (mayHaveLeft && error instanceof WorkOSFailure && error.kind === "refused") return exchange(null);
      throw error;
    });
    const claims = await this.#claimsOf(grant.accessToken, signal);
    if (claims.sessionId !== session.sessionId || claims.userId !== session.user.id) {
      throw new WorkOSFailure("unavailable", 200, "another_session");
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
      // Two refreshes within one millisecond must not look like one.
      refreshedAt: Math.max(Date.now(), session.refreshedAt + 1),
    };
  }

  /** WorkOS's keys being out of reach must not cost the session: the refresh token is spent. */
  async #claimsOf(accessToken: string, signal: AbortSignal): Promise<AccessTokenClaims> {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(KEYS_TIMEOUT_MS)]);
    try {
      return await verifyAccessToken(this.#config, accessToken, patience, Date.now());
    } catch (error) {
      if (!(error instanceof WorkOSFailure) || error.code !== KEYS_UNAVAILABLE) throw error;
      return readDirectToken(this.#config, accessToken, Date.now());
    }
  }

  /** Tells Convex that the session is alive; nobody waits for it, and the next refresh says it again. */
  async #recordSeen(session: Session, seen: SeenFrom, log: Log): Promise<void> {
    try {
      const signal = AbortSignal.timeout(CONVEX_TIMEOUT_MS);
      await createConvex(this.#config, session.accessToken, signal).mutation(api.edge.refreshed, {
        session: { sessionId: session.sessionId, ...seen, startedAt: session.signedInAt },
        edgeSecret: this.#config.edgeSecret,
      });
    } catch (error) {
      const cause = error instanceof Refusal ? { code: error.code } : describeError(error);
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

  /** Tells Convex that the session is over. Where it does not hear, the alarm tries again. */
  async #deliver(request: EndRequest): Promise<boolean> {
    const log = createLog(request.requestId);
    try {
      const convex = createConvex(this.#config, null, AbortSignal.timeout(CONVEX_TIMEOUT_MS));
      await convex.mutation(api.edge.signedOut, {
        sessionId: request.sessionId,
        workosUserId: request.userId,
        ipAddress: request.ipAddress,
        userAgent: request.userAgent,
        edgeSecret: this.#config.edgeSecret,
      });
    } catch (error) {
      const cause = error instanceof Refusal ? { code: error.code } : describeError(error);
      log.warn("auth.logout", { outcome: "undelivered", userId: request.userId, ...cause });
      // Also where it refuses: what it refuses is our secret, and that can be mended on either side.
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

  /** Sets the alarm, unless one is due before. */
  async #wakeBy(time: number): Promise<void> {
    const due = await this.ctx.storage.getAlarm();
    if (due === null || due > time) await this.ctx.storage.setAlarm(time);
  }
}

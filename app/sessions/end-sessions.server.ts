/** Ending sessions of one's own, wherever they are: in Convex first, which knows whose they are. */
import { api } from "../../convex/_generated/api.js";
import { asViewer } from "../auth/as-viewer.server.ts";
import { revokeAtWorkOS } from "../auth/workos-account.server.ts";
import type { RequestContext } from "../context.ts";
import { ConvexFailure, Refusal, WorkOSFailure } from "../errors.ts";
import { describeError } from "../log.server.ts";
import { sessionsAtWorkOS } from "./listed-sessions.server.ts";

const PAGE = "/settings/sessions";

/** A WorkOS that hangs must leave time to end what is known without it. */
const WORKOS_MS = 1_000;

/** A session as far as ending it needs to know it. `startedAt` is Unix milliseconds. */
type Known = { sessionId: string; startedAt: number };

/**
 * Ends one session of the signed-in person.
 *
 * @throws {Refusal} `not_found` for what is no session of theirs. @throws as `asViewer`.
 */
export async function endSession(context: RequestContext, sessionId: string): Promise<void> {
  const { known, whole } = await ownSessions(context);
  const session = known.find((one) => one.sessionId === sessionId);
  // Where WorkOS does not answer, it may still be one that only WorkOS knows of.
  if (session === undefined && !whole) throw new ConvexFailure("unavailable");
  if (session === undefined) throw new Refusal("not_found", "There is no such session of yours any more.");
  await end(context, session);
}

/**
 * Ends every session of the signed-in person but this one: those that WorkOS knows of, and those that were seen here.
 *
 * @returns False where WorkOS did not answer: some may be left that only it knows of.
 * @throws as `asViewer`.
 */
export async function endOtherSessions(context: RequestContext): Promise<boolean> {
  const { known, whole } = await ownSessions(context);
  const current = await context.auth.open();
  const others = known.filter(({ sessionId }) => sessionId !== current?.sessionId);
  await Promise.all(others.map((session) => end(context, session)));
  return whole;
}

/** @returns Each session once. `whole`: WorkOS has said which there are. */
async function ownSessions(context: RequestContext): Promise<{ known: Known[]; whole: boolean }> {
  const userId = (await context.auth.open())?.user.id ?? "";
  const [{ sessions }, atWorkOS] = await Promise.all([
    asViewer(context, PAGE, (convex) => convex.query(api.pages.sessions, {})),
    sessionsAtWorkOS(context, userId, AbortSignal.any([context.deadline, AbortSignal.timeout(WORKOS_MS)])),
  ]);
  const known = new Map<string, Known>();
  for (const session of [...(atWorkOS ?? []), ...sessions]) known.set(session.sessionId, session);
  return { known: [...known.values()], whole: atWorkOS !== null };
}

/** Convex refuses it at once; its own object gives out no token any more; WorkOS forgets it, now or when it runs out. */
async function end(context: RequestContext, { sessionId, startedAt }: Known): Promise<void> {
  const { auth, deadline, env, log, refreshers, seen } = context;
  const device = { ipAddress: seen.ipAddress, userAgent: seen.userAgent };
  await asViewer(context, PAGE, (convex) =>
    convex.mutation(api.sessions.revoke, { sessionId, ...device, edgeSecret: env.edgeSecret }),
  );
  const userId = (await auth.open())?.user.id ?? "";
  const atWorkOS = revokeAtWorkOS(env, sessionId, deadline).catch((error: unknown) => {
    if (!(error instanceof WorkOSFailure)) throw error;
    log.warn("auth.revoked", { outcome: "workos_not_told", kind: error.kind, status: error.status });
  });
  const here = refreshers(sessionId)
    .end({ sessionId, userId, signedInAt: startedAt, ...device, requestId: log.requestId, told: true })
    .catch((error: unknown) =>
      log.error("error", { component: "auth", action: "end-session", ...describeError(error) }),
    );
  await Promise.all([atWorkOS, here]);
  log.info("auth.revoked", { outcome: "by_owner", userId });
}

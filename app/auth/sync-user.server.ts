/** Syncs a sign-in to Convex: user, session and audit entry in one call, at once or as soon as Convex responds. */
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import type { SeenFrom } from "../request/context.ts";
import { createConvex } from "../request/convex.server.ts";
import type { Env } from "../request/env.server.ts";
import type { Theme } from "../ui/theme.ts";
import { profileOf } from "./profile.ts";
import type { RequestAuth } from "./request-auth.server.ts";
import { type Session, sessionStart } from "./session.ts";

export type SyncOptions = {
  env: Env;
  session: Readonly<Session>;
  /** Called only if there is something to sync: reading the location costs time. */
  seen: () => SeenFrom;
  /** This browser's theme, stored if the user has none yet. */
  theme: Theme | null;
  signal: AbortSignal;
};

/**
 * Syncs a sign-in to Convex.
 *
 * @returns The user's id and stored preferences.
 * @throws {RejectedError} when Convex rejects the call.
 * @throws {ConvexCallError} when Convex fails or does not respond.
 */
export function syncUser({
  env,
  session,
  seen,
  theme,
  signal,
}: SyncOptions): Promise<FunctionReturnType<typeof api.edge.signedIn>> {
  return createConvex(env, session.accessToken, signal).workerMutation(api.edge.signedIn, {
    ...profileOf(session.user),
    ...(session.userUpdatedAt === null ? {} : { updatedAt: session.userUpdatedAt }),
    session: { sessionId: session.sessionId, ...seen(), startedAt: sessionStart(session) },
    browser: theme === null ? {} : { theme },
  });
}

/**
 * Syncs a sign-in that Convex has not received yet, before the first call with its token: Convex would reject
 * a user that it does not know.
 *
 * @param auth - The request's authentication, whose session is updated.
 * @throws {RejectedError} when Convex rejects the call, for example because the user may not enter.
 * @throws {ConvexCallError} when Convex fails or does not respond.
 */
export async function syncIfPending(auth: RequestAuth, options: SyncOptions): Promise<void> {
  if (!options.session.syncPending) return;
  await syncUser(options);
  await auth.markSynced();
}

/** Syncs a sign-in to Convex: user, session and audit entry in one call. */
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import type { SeenFrom } from "../request/context.ts";
import { createConvex } from "../request/convex.server.ts";
import type { Env } from "../request/env.server.ts";
import type { Theme } from "../ui/theme.ts";
import { profileOf } from "./profile.ts";
import type { Session } from "./session.ts";

export type SyncOptions = {
  env: Env;
  session: Readonly<Session>;
  seen: SeenFrom;
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
    session: { sessionId: session.sessionId, ...seen, startedAt: session.signedInAt },
    ...(session.impersonator === null ? {} : { impersonator: session.impersonator }),
    browser: theme === null ? {} : { theme },
  });
}

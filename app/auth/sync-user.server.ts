/** Telling Convex who signed in: the person, the session and the log, in one trip. */
import type { FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import { createConvex } from "../convex.server.ts";
import type { Env } from "../env.server.ts";
import type { Theme } from "../theme/theme.ts";
import { profileOf } from "./profile.ts";
import type { SeenFrom } from "./refresher.server.ts";
import type { Session } from "./session.ts";

export type SyncOptions = {
  env: Env;
  session: Readonly<Session>;
  seen: SeenFrom;
  /** What this browser has chosen; kept where nothing is stored yet. */
  theme: Theme | null;
  signal: AbortSignal;
};

/**
 * @returns What counts from now on: the person's id and preferences.
 * @throws {Refusal} @throws {ConvexFailure}
 */
export function syncUser({
  env,
  session,
  seen,
  theme,
  signal,
}: SyncOptions): Promise<FunctionReturnType<typeof api.edge.signedIn>> {
  return createConvex(env, session.accessToken, signal).mutation(api.edge.signedIn, {
    ...profileOf(session.user),
    ...(session.userUpdatedAt === null ? {} : { updatedAt: session.userUpdatedAt }),
    session: { sessionId: session.sessionId, ...seen, startedAt: session.signedInAt },
    ...(session.impersonator === null ? {} : { impersonator: session.impersonator }),
    browser: theme === null ? {} : { theme },
    edgeSecret: env.edgeSecret,
  });
}

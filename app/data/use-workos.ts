/** Hook for the current user, as stored by WorkOS and by Convex. */

import type { SessionUser } from "../auth/session.ts";
import { useAuth } from "../auth/use-auth.ts";
import { useLive } from "./live-context.ts";
import type { Viewer } from "./page-query.server.ts";

export type WorkOSAndConvex = {
  workosUser: SessionUser | null;
  /** Live. Null for a guest, until the user is synced, and until Convex responds. */
  convexUser: Viewer | null;
  /** Signed in, but Convex has not responded yet. */
  isLoading: boolean;
  /** Both WorkOS and Convex know the user. */
  isAuthenticated: boolean;
};

/** Returns the current user with live updates. If the sync failed at sign-in, the worker retries it. */
export function useWorkOS(): WorkOSAndConvex {
  const { user, isLoading } = useAuth();
  const { viewer, state } = useLive();
  const convexUser = user === null ? null : viewer;
  return {
    workosUser: user,
    convexUser,
    isLoading: isLoading || (user !== null && convexUser === null && state === "connecting"),
    isAuthenticated: user !== null && convexUser !== null,
  };
}

/** The person as WorkOS and as Convex know them, in one hook. */
import { useLive } from "../live/live-context.ts";
import type { Viewer } from "../viewer.ts";
import type { SessionUser } from "./session.ts";
import { useAuth } from "./use-auth.ts";

export type WorkOSAndConvex = {
  workosUser: SessionUser | null;
  /** Live. Null for a guest, until the person is synced, and where Convex has not answered yet. */
  convexUser: Viewer | null;
  /** Signed in, and Convex has not said yet who that is. */
  isLoading: boolean;
  /** Both know the person. */
  isAuthenticated: boolean;
};

/** Follows changes live. The worker makes the person exist in Convex where that failed at sign-in. */
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

/** Hook for the current user in components. */
import { useNavigation } from "react-router";
import { useShell } from "../use-shell.ts";
import type { SessionUser } from "./session.ts";

/**
 * Returns the current user as WorkOS knows them. Needs no provider, because the first HTML contains the user.
 *
 * @returns `user`: null for a guest. `isLoading`: true only until the server has rendered a page.
 */
export function useAuth(): { user: SessionUser | null; isLoading: boolean } {
  const shell = useShell();
  const { state } = useNavigation();
  return { user: shell?.user ?? null, isLoading: shell === undefined && state === "loading" };
}

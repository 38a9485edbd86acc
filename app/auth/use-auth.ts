/** Hook for the current user in components. */
import { createContext, useContext } from "react";
import { useNavigation } from "react-router";
import type { SessionUser } from "./session.ts";

/** The user in the root loader's data; undefined if the root loader failed. */
export const AuthContext = createContext<{ user: SessionUser | null } | undefined>(undefined);

/**
 * Returns the current user as WorkOS knows them. Needs no provider, because the first HTML contains the user.
 *
 * @returns `user`: null for a guest. `isLoading`: true only until the server has rendered a page.
 */
export function useAuth(): { user: SessionUser | null; isLoading: boolean } {
  const loaded = useContext(AuthContext);
  const { state } = useNavigation();
  return { user: loaded?.user ?? null, isLoading: loaded === undefined && state === "loading" };
}

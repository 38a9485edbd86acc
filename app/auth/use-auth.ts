/** Who is signed in, in a component. */
import { useNavigation } from "react-router";
import { useShell } from "../use-shell.ts";
import type { SessionUser } from "./session.ts";

/**
 * The signed-in person as WorkOS knows them. There is no provider for it: the server already knows on the first HTML.
 *
 * @returns `user` is null for a guest; `isLoading` only where no page has been rendered by the server yet.
 */
export function useAuth(): { user: SessionUser | null; isLoading: boolean } {
  const shell = useShell();
  const { state } = useNavigation();
  return { user: shell?.user ?? null, isLoading: shell === undefined && state === "loading" };
}

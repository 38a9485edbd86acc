/** Hook for controls that need JavaScript and must not be shown before hydration. */
import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** Returns whether the page is hydrated; false on the server and during hydration. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

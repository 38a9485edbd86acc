// Whether React has taken over. What needs JavaScript is shown from then on, so that nothing that does nothing is.

import { useSyncExternalStore } from "react";

const never = () => () => undefined;

/** False on the server and while hydrating. */
export function useHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}

/**
 * Revalidates the page without dropping a pending navigation. See
 * docs/decisions/014-revalidation-after-the-navigation.md.
 */
import { useCallback, useEffect, useRef } from "react";
import { href, useNavigation, useRevalidator } from "react-router";

/** Returns whether the worker answers a request without side effects. */
export async function isReachable(): Promise<boolean> {
  try {
    return (await fetch(href("/healthz"), { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/**
 * Returns a function that revalidates after any pending navigation. React Router would otherwise drop the
 * navigation's response, and with it a notice that is sent only once.
 *
 * @returns A function that reloads the page's data if `isStillWanted` returns true at that time.
 */
export function useRevalidateWhenIdle(): (isStillWanted: () => boolean) => Promise<void> {
  const { revalidate } = useRevalidator();
  const { state } = useNavigation();
  const navigating = useRef(false);
  navigating.current = state !== "idle";
  const waiting = useRef<(() => void)[]>([]);
  useEffect(() => {
    if (state === "idle") for (const go of waiting.current.splice(0)) go();
  }, [state]);
  return useCallback(
    async (isStillWanted) => {
      if (navigating.current) await new Promise<void>((arrived) => waiting.current.push(arrived));
      if (isStillWanted()) await revalidate();
    },
    [revalidate],
  );
}

/**
 * Returns the same function as `useRevalidateWhenIdle`, except that it does nothing while the worker is
 * unreachable.
 */
export function useRevalidate(): (isStillWanted?: () => boolean) => Promise<void> {
  const revalidate = useRevalidateWhenIdle();
  return useCallback(
    async (isStillWanted = () => true) => {
      if (await isReachable()) await revalidate(isStillWanted);
    },
    [revalidate],
  );
}

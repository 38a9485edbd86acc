/** Asking for the page anew without losing anything: neither a page whose question got lost, nor one that is on its way. */
import { useCallback, useEffect, useRef } from "react";
import { useNavigation, useRevalidator } from "react-router";

/** Asks the worker for nothing, by a request that changes nothing. */
export async function isReachable(): Promise<boolean> {
  try {
    return (await fetch("/healthz", { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/**
 * React Router would drop the answer to a navigation under way and ask again, and what is said once would be lost with
 * it: so the page is asked for when it has arrived.
 *
 * @returns Loads the page's data anew, where that is still wanted by then.
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

/** @returns The same; without a network it does nothing, and the page stays as it is. */
export function useRevalidate(): (isStillWanted?: () => boolean) => Promise<void> {
  const revalidate = useRevalidateWhenIdle();
  return useCallback(
    async (isStillWanted = () => true) => {
      if (await isReachable()) await revalidate(isStillWanted);
    },
    [revalidate],
  );
}

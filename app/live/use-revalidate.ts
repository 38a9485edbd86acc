/** Asking for the page anew, but only where somebody answers: React Router replaces a page whose question got lost. */
import { useCallback } from "react";
import { useRevalidator } from "react-router";

/** Asks the worker for nothing, by a request that changes nothing. */
async function isReachable(): Promise<boolean> {
  try {
    return (await fetch("/healthz", { method: "HEAD", cache: "no-store" })).ok;
  } catch {
    return false;
  }
}

/** @returns Loads the page's data anew; without a network it does nothing, and the page stays as it is. */
export function useRevalidate(): () => Promise<void> {
  const { revalidate } = useRevalidator();
  return useCallback(async () => {
    if (await isReachable()) await revalidate();
  }, [revalidate]);
}

/**
 * A navigation that the page did not survive. Where a page's code cannot be loaded, as by a tab that is older than a
 * deploy, React Router loads the document anew, but the one that was being left: so where one was going is kept.
 */
import { useEffect } from "react";
import { useNavigation } from "react-router";

const KEY = "mosaic-going";
const FRESH_MS = 10_000;

/** Remembers where one is going, until one has arrived. */
export function useGoing(): void {
  const { state, location, formMethod } = useNavigation();
  const going = state === "loading" && formMethod === undefined ? location.pathname + location.search : null;
  useEffect(() => {
    keep(going === null ? null : JSON.stringify({ path: going, at: Date.now() }));
  }, [going]);
}

/** Before the page takes over: goes on to where one was going, where the page was loaded anew instead. */
export function goOn(): void {
  const kept = keep(null);
  const [loaded] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  if (kept === null || loaded?.type !== "reload") return;
  const { path, at } = JSON.parse(kept) as { path: string; at: number };
  if (Date.now() - at < FRESH_MS && path !== window.location.pathname + window.location.search) {
    window.location.replace(path);
  }
}

/** @returns What was kept before; null also where the browser keeps nothing. */
function keep(value: string | null): string | null {
  try {
    const before = sessionStorage.getItem(KEY);
    if (value === null) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, value);
    return before;
  } catch {
    return null;
  }
}

/** Agents that reported while the page was open; their tiles flash. */
import { useRef } from "react";

type Seen = { agent: string; seen: number };

const NOBODY: ReadonlySet<string> = new Set();

/** Returns the agents that have reported since the page was opened. */
export function useArrivals(latest: readonly Seen[]): ReadonlySet<string> {
  return reportedSince(useRef(latest).current, latest);
}

/** Returns the agents that were seen later than in `known`, or that are not in it. */
export function reportedSince(known: readonly Seen[], latest: readonly Seen[]): ReadonlySet<string> {
  if (latest.length === 0) return NOBODY;
  const before = new Map(known.map(({ agent, seen }) => [agent, seen]));
  return new Set(
    latest
      .filter(({ agent, seen }) => seen > (before.get(agent) ?? Number.NEGATIVE_INFINITY))
      .map(({ agent }) => agent),
  );
}

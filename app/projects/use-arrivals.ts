/** Agents with metrics that arrived while the page was open; their tiles flash. */
import { useRef } from "react";

type Arriving = { agent: string; at: number };

/** Returns the agents that have sent a metric since the page was opened. */
export function useArrivals(latest: readonly Arriving[]): ReadonlySet<string> {
  return arrivedSince(useFirst(latest), latest);
}

/** Returns the agents whose newest metric is later than in `known`, or that are not in it. */
export function arrivedSince(known: readonly Arriving[], latest: readonly Arriving[]): ReadonlySet<string> {
  const before = new Map<string, number>();
  for (const { agent, at } of known) before.set(agent, Math.max(at, before.get(agent) ?? at));
  return new Set(
    latest
      .filter(({ agent, at }) => at > (before.get(agent) ?? Number.NEGATIVE_INFINITY))
      .map(({ agent }) => agent),
  );
}

function useFirst<T>(value: T): T {
  return useRef(value).current;
}

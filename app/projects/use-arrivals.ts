/** Which agents' metrics arrived while the page was open: their tiles light up. */
import { useRef } from "react";

type Arriving = { agent: string; name: string; at: number };

/** @returns The agents of whom something is newer than when the page was opened. */
export function useArrivals(latest: readonly Arriving[]): ReadonlySet<string> {
  const newer = newerThan(useFirst(latest), latest);
  return new Set(newer.map(({ agent }) => agent));
}

/** @returns What arrived since `known`: new, or with a later time. */
export function newerThan<T extends Arriving>(known: readonly Arriving[], latest: readonly T[]): T[] {
  const before = new Map(known.map((metric) => [keyOf(metric), metric.at]));
  return latest.filter((metric) => !((before.get(keyOf(metric)) ?? Number.NEGATIVE_INFINITY) >= metric.at));
}

function keyOf({ agent, name }: Arriving): string {
  return JSON.stringify([agent, name]);
}

function useFirst<T>(value: T): T {
  return useRef(value).current;
}

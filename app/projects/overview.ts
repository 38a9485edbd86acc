/** Agents that need attention, across all projects of a user. */
import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import { type TileState, tileState } from "../ui/tile-state.ts";

/** An agent as Convex lists it. */
export type Agent = FunctionReturnType<typeof api.projects.overview>[number];

/**
 * An agent with its newest metric; `value` is null and `name` empty if it has none. `at` is when it was last
 * seen.
 */
export type Metric = { agent: string; name: string; value: number | null; at: number };
export type Listed = { _id: string; name: string; agents: readonly Metric[] };

/** State of a project. `none`: it has no metrics yet and still needs to be set up. */
export type Standing = "silent" | "quiet" | "none" | "fresh";

const WORST_FIRST: readonly Standing[] = ["silent", "quiet", "none", "fresh"];

/** Returns the tile of each agent. A counter shows its sum of today. */
export function tilesOf(agents: readonly Agent[]): Metric[] {
  return agents.map(({ agent, lastSeenAt, metrics: [newest] }) => ({
    agent,
    name: newest?.name ?? "",
    value: newest === undefined ? null : shownValue(newest),
    at: lastSeenAt,
  }));
}

/** Returns what a tile shows of a metric: the sum of today of a counter, otherwise the newest value. */
export function shownValue({ kind, value, today }: Agent["metrics"][number]): number {
  return kind === "counter" && today !== null ? today.sum : value;
}

/** A sparkline with the metric that it shows. */
export type Line = { agent: string; name: string; points: { at: number; value: number }[] };

/** Returns the sparkline of an agent's newest metric; null if it has none. */
export function lineOf({ agent, metrics: [newest], line }: Agent): Line | null {
  if (newest === undefined) return null;
  const points = line.hours.map((at, i) => ({ at, value: line.values[i] ?? 0 }));
  return { agent, name: newest.name, points };
}

/** Returns the sparkline of the agent whose metric is the newest of the project; null without metrics. */
export function newestLine(agents: readonly Agent[]): Line | null {
  let newest: Agent | null = null;
  const at = (agent: Agent | null) => agent?.metrics[0]?.at ?? Number.NEGATIVE_INFINITY;
  for (const agent of agents) if (at(agent) > at(newest)) newest = agent;
  return newest && lineOf(newest);
}

/**
 * Returns the agents, silent ones first, then by name. A tile moves only when its agent becomes silent or
 * recovers.
 *
 * @param now - The page's clock, Unix ms.
 */
export function silentFirst<T extends { agent: string; at: number }>(agents: readonly T[], now: number): T[] {
  const isFine = ({ at }: T) => (tileState(at, now) === "silent" ? 0 : 1);
  return agents.toSorted((a, b) => isFine(a) - isFine(b) || (a.agent < b.agent ? -1 : 1));
}

/**
 * Returns the state of a project, which is the state of its worst agent.
 *
 * @param now - The page's clock, Unix ms.
 */
export function standingOf(agents: readonly Metric[], now: number): Standing {
  if (agents.length === 0) return "none";
  const states = new Set<TileState>(agents.map(({ at }) => tileState(at, now)));
  return states.has("silent") ? "silent" : states.has("quiet") ? "quiet" : "fresh";
}

/** Returns the projects, worst state first. Projects with the same state keep their order. */
export function worstFirst<T extends Listed>(projects: readonly T[], now: number): T[] {
  const standings = projects.map(({ agents }) => standingOf(agents, now));
  return WORST_FIRST.flatMap((one) => projects.filter((_, index) => standings[index] === one));
}

/** `silent` counts the silent agents; `first` is the first one shown, or null. */
export type Overview = { silent: number; first: { project: Listed; metric: Metric } | null };

/**
 * Returns how many agents need attention, and the first of them.
 *
 * @param now - The page's clock, Unix ms.
 */
export function overviewOf(projects: readonly Listed[], now: number): Overview {
  const troubles = worstFirst(projects, now).flatMap((project) =>
    silentFirst(project.agents, now)
      .filter(({ at }) => tileState(at, now) === "silent")
      .map((metric) => ({ project, metric })),
  );
  return { silent: troubles.length, first: troubles[0] ?? null };
}

/** Agents that need attention, across all projects of a user. */
import { type TileState, tileState } from "../ui/tile-state.ts";

export type Metric = { agent: string; name: string; value: number; at: number };
/** `agents` has the newest metric of each agent. */
export type Listed = { _id: string; name: string; agents: readonly Metric[] };

/** State of a project. `none`: it has no metrics yet and still needs to be set up. */
export type Standing = "silent" | "quiet" | "none" | "fresh";

const WORST_FIRST: readonly Standing[] = ["silent", "quiet", "none", "fresh"];

/** Returns the newest metric of each agent. If several have the same time, the first by name is used. */
export function newestOfEach<T extends Metric>(metrics: readonly T[]): T[] {
  const newest = new Map<string, T>();
  for (const metric of metrics) {
    const known = newest.get(metric.agent);
    if (!known || metric.at > known.at || (metric.at === known.at && metric.name < known.name)) {
      newest.set(metric.agent, metric);
    }
  }
  return [...newest.values()];
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

/** Which agents need attention, across all of a user's projects, first of all. */
import { type TileState, tileState } from "../ui/tile-state.ts";

export type Metric = { agent: string; name: string; value: number; at: number };
/** `agents` has the newest metric of each agent. */
export type Listed = { _id: string; name: string; agents: readonly Metric[] };

/** A project without metrics is not wrong, but somebody has to do something. */
export type Standing = "silent" | "quiet" | "none" | "fresh";

const WORST_FIRST: readonly Standing[] = ["silent", "quiet", "none", "fresh"];

/** Returns the newest metric of each agent; of several with the same time, the first by name. */
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
 * Sorts agents: silent ones first, then by name, so that a tile moves only when its agent falls silent or comes back.
 *
 * @param now - Unix ms, the page's clock.
 */
export function silentFirst<T extends { agent: string; at: number }>(agents: readonly T[], now: number): T[] {
  const isFine = ({ at }: T) => (tileState(at, now) === "silent" ? 0 : 1);
  return agents.toSorted((a, b) => isFine(a) - isFine(b) || (a.agent < b.agent ? -1 : 1));
}

/** @param now Unix ms, the page's clock. @returns How a project stands: as its worst agent. */
export function standingOf(agents: readonly Metric[], now: number): Standing {
  if (agents.length === 0) return "none";
  const states = new Set<TileState>(agents.map(({ at }) => tileState(at, now)));
  return states.has("silent") ? "silent" : states.has("quiet") ? "quiet" : "fresh";
}

/** @returns The projects with the worst first; among equals the order stays, so that nothing moves without a reason. */
export function worstFirst<T extends Listed>(projects: readonly T[], now: number): T[] {
  const standings = projects.map(({ agents }) => standingOf(agents, now));
  return WORST_FIRST.flatMap((one) => projects.filter((_, index) => standings[index] === one));
}

/** `silent` counts the agents that need attention; `first` is the one shown first, or null if there is none. */
export type Overview = { silent: number; first: { project: Listed; metric: Metric } | null };

/** @param now - Unix ms, the page's clock. */
export function overviewOf(projects: readonly Listed[], now: number): Overview {
  const troubles = worstFirst(projects, now).flatMap((project) =>
    silentFirst(project.agents, now)
      .filter(({ at }) => tileState(at, now) === "silent")
      .map((metric) => ({ project, metric })),
  );
  return { silent: troubles.length, first: troubles[0] ?? null };
}

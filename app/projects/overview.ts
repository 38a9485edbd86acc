/** Is anything wrong? The answer across all of a person's projects, worst first. */
import { type TileState, tileState } from "../ui/tile-state.ts";

export type Metric = { agent: string; name: string; value: number; at: number };
export type Listed = { _id: string; name: string; agents: readonly Metric[] };

/** A project without metrics is not wrong, but it waits for somebody to do something. */
export type Standing = "silent" | "quiet" | "none" | "fresh";

const WORST_FIRST: readonly Standing[] = ["silent", "quiet", "none", "fresh"];

/** @param now Unix ms, the page's clock. @returns How a project stands: as its worst tile. */
export function standingOf(agents: readonly Metric[], now: number): Standing {
  if (agents.length === 0) return "none";
  const states = new Set<TileState>(agents.map(({ at }) => tileState(at, now)));
  return states.has("silent") ? "silent" : states.has("quiet") ? "quiet" : "fresh";
}

/** @returns The projects with the worst first; among equals the order stays, so that nothing moves without a reason. */
export function worstFirst<T extends Listed>(projects: readonly T[], now: number): T[] {
  const standing = Map.groupBy(projects, ({ agents }) => standingOf(agents, now));
  return WORST_FIRST.flatMap((one) => standing.get(one) ?? []);
}

/** A tile that is not fresh, and where it lies. */
export type Trouble = { project: Listed; metric: Metric; state: "quiet" | "silent" };

export type Overview = {
  counts: Record<TileState, number>;
  /** The metric that has been silent, or else quiet, for the shortest time: the news. Null where all is well. */
  newest: Trouble | null;
};

export function overviewOf(projects: readonly Listed[], now: number): Overview {
  const counts = { fresh: 0, quiet: 0, silent: 0 };
  const troubles: Trouble[] = [];
  for (const project of projects) {
    for (const metric of project.agents) {
      const state = tileState(metric.at, now);
      counts[state] += 1;
      if (state !== "fresh") troubles.push({ project, metric, state });
    }
  }
  const worst = troubles.filter(({ state }) => state === (counts.silent > 0 ? "silent" : "quiet"));
  const newest = worst.reduce<Trouble | null>(
    (best, trouble) => (best !== null && best.metric.at >= trouble.metric.at ? best : trouble),
    null,
  );
  return { counts, newest };
}

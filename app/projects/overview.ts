/** Agents as tiles, worst first, and what needs attention across all projects of a user. */
import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import {
  type AgentsSummary,
  HEALTHS,
  type Health,
  healthOf,
  needsAttention,
  type Outage,
  outagesSince,
  type Signs,
  type State,
} from "../../convex/model/health.ts";
import type { TileData } from "../ui/tile.tsx";
import { sumOfToday } from "./today.ts";

/** An agent as Convex lists it. */
export type Agent = FunctionReturnType<typeof api.projects.overview>[number];

/**
 * What a small tile shows of an agent. Absent values are left out, because a list has a thousand tiles. Times
 * are Unix ms.
 */
export type Tile = {
  agent: string;
  seen: number;
  state?: State;
  stateAt?: number;
  message?: string;
  everyMs?: number;
  mutedUntil?: number;
  /** Number of its open incidents. */
  incidents?: number;
  /** The newest metric. The value of a counter is its sum since `since`. */
  metric?: { name: string; value: number; since?: number };
};

/** Health of a project. `none`: it has no agents yet and still needs to be set up. */
export type Standing = Health | "none";

const WORST_FIRST: readonly Standing[] = HEALTHS.flatMap((health) =>
  health === "fresh" ? ["none", health] : [health],
);

/** Returns the tile of each agent. A message is only there if it says why the agent needs attention. */
export function tilesOf(agents: readonly Agent[]): Tile[] {
  return agents.map(
    ({ agent, lastSeenAt, state, stateAt, message, everyMs, mutedUntil, incidents, metrics }) => {
      const tile: Tile = { agent, seen: lastSeenAt };
      if (state !== null) tile.state = state;
      if (stateAt !== null) tile.stateAt = stateAt;
      if (message !== null && (state === "failed" || state === "waiting")) tile.message = message;
      if (everyMs !== null) tile.everyMs = everyMs;
      if (mutedUntil !== null) tile.mutedUntil = mutedUntil;
      if (incidents !== undefined) tile.incidents = incidents;
      const [newest] = metrics;
      if (newest === undefined) return tile;
      const { name, kind, value, today } = newest;
      tile.metric =
        kind === "counter" && today !== null
          ? { name, value: today.sum, since: today.since }
          : { name, value };
      return tile;
    },
  );
}

function signsOf({ seen, state, everyMs, mutedUntil }: Tile): Signs {
  return {
    state: state ?? null,
    lastSeenAt: seen,
    everyMs: everyMs ?? null,
    mutedUntil: mutedUntil ?? null,
  };
}

/** Returns the time that a tile shows: of the report that explains the health, otherwise of the last sign. */
export function shownTime(health: Health, seenAt: number, stateAt: number | null | undefined): number {
  return health === "failed" || health === "waiting" || health === "done" ? (stateAt ?? seenAt) : seenAt;
}

/** The page's clock, Unix ms, and the user's time zone. */
type When = { now: number; timeZone: string };

/** Returns the agents with their health, worst first, equal ones by name. */
export function judge<T extends { agent: string }>(
  agents: readonly T[],
  healthOfOne: (agent: T) => Health,
): (T & { health: Health })[] {
  return agents
    .map((agent) => ({ ...agent, health: healthOfOne(agent) }))
    .sort((a, b) => HEALTHS.indexOf(a.health) - HEALTHS.indexOf(b.health) || (a.agent < b.agent ? -1 : 1));
}

/** When the agents of a project could not be judged. */
export type Unjudged = { outages: readonly Outage[]; restoredAt?: number | undefined };

/** Returns tiles as they are drawn, worst first. */
export function drawnTiles(
  tiles: readonly Tile[],
  { now, timeZone }: When,
  { outages, restoredAt }: Unjudged,
): TileData[] {
  if (tiles.length === 0) return [];
  const unjudged = outagesSince(outages, restoredAt);
  return judge(tiles, (tile) => healthOf(signsOf(tile), now, unjudged)).map(
    ({ agent, health, seen, stateAt, message, incidents, metric }) => ({
      agent,
      health,
      at: shownTime(health, seen, stateAt),
      seenAt: seen,
      message: health === "failed" || health === "waiting" ? message : undefined,
      incidents,
      metric: metric && {
        name: metric.name,
        value:
          metric.since === undefined
            ? metric.value
            : sumOfToday({ since: metric.since, sum: metric.value }, { now, timeZone }),
      },
    }),
  );
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

/** A project of a list. A project whose agents are not loaded has a `summary`, and its `tiles` are null. */
export type Listed = {
  _id: string;
  name: string;
  tiles: readonly TileData[] | null;
  summary?: AgentsSummary | undefined;
};

/** Returns the standing of a project: the health of its worst agent. */
export function standingOf({ tiles, summary }: Listed, now: number): Standing {
  if (tiles !== null) return tiles[0]?.health ?? "none";
  if (summary === undefined || summary.agents === 0) return "none";
  if (summary.failed > 0) return "failed";
  if (hasSilent(summary, now)) return "silent";
  if (summary.waiting > 0) return "waiting";
  return summary.muted === summary.agents ? "muted" : "fresh";
}

const hasSilent = ({ nextSilentAt }: AgentsSummary, now: number) =>
  nextSilentAt !== null && now > nextSilentAt;

/** Returns the projects, worst standing first. Equal ones keep their order. */
export function worstFirst<T extends Listed>(projects: readonly T[], now: number): T[] {
  const standings = projects.map((project) => standingOf(project, now));
  return WORST_FIRST.flatMap((one) => projects.filter((_, index) => standings[index] === one));
}

/** What needs attention: the number of agents, and the first project and tile of them. */
export type Attention = { count: number; first: { project: Listed; tile: TileData | null } | null };

/**
 * Returns what needs attention.
 *
 * @param now - The page's clock, Unix ms.
 */
export function attentionOf(projects: readonly Listed[], now: number): Attention {
  let count = 0;
  let first: Attention["first"] = null;
  for (const project of worstFirst(projects, now)) {
    const troubled = troubledIn(project, now);
    if (troubled === 0) continue;
    count += troubled;
    first ??= { project, tile: project.tiles?.[0] ?? null };
  }
  return { count, first };
}

/** Returns how many agents of a project need attention; from a summary at least one if any is silent. */
function troubledIn({ tiles, summary }: Listed, now: number): number {
  if (tiles !== null) return tiles.filter(({ health }) => needsAttention(health)).length;
  if (summary === undefined) return 0;
  return Math.max(summary.failed + summary.waiting, hasSilent(summary, now) ? 1 : 0);
}

/**
 * Overview of a project: one document with all that lists and pages show of its agents, so that they read
 * nothing else. Retired agents are not in it.
 */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { outagesOf } from "./alerts/outages.ts";
import { dropCountShape } from "./drops.ts";
import { type AgentsSummary, STATES, summarize } from "./health.ts";
import { addsUp, kindShape } from "./kinds.ts";
import { sparklineShape } from "./timeSeries.ts";

export const stateShape = v.union(...STATES.map((state) => v.literal(state)));

/** A time zone in use, with the local day that its sums belong to. Times are Unix ms. */
const zoneShape = v.object({ zone: v.string(), since: v.number(), next: v.number() });

export type Zone = Infer<typeof zoneShape>;

const metricEntry = v.object({
  name: v.string(),
  kind: kindShape,
  value: v.number(),
  at: v.number(),
  /** Sums since midnight, parallel to `zones`; absent for a gauge. */
  today: v.optional(v.array(v.number())),
});

export type MetricEntry = Infer<typeof metricEntry>;

const agentEntry = v.object({
  agent: v.string(),
  lastSeenAt: v.number(),
  state: v.optional(stateShape),
  message: v.optional(v.string()),
  stateAt: v.optional(v.number()),
  everyMs: v.optional(v.number()),
  mutedUntil: v.optional(v.number()),
  /** Number of its time series. */
  series: v.number(),
  /** Number of its open incidents; none if absent. */
  incidents: v.optional(v.number()),
  /** The newest metrics, by time, then by name. */
  metrics: v.array(metricEntry),
  /** The sparkline of the first of them. */
  line: sparklineShape,
});

export type AgentEntry = Infer<typeof agentEntry>;

const summaryFields = {
  agents: v.number(),
  failed: v.number(),
  waiting: v.number(),
  muted: v.number(),
  nextSilentAt: v.union(v.number(), v.null()),
};

export const summaryShape = v.object(summaryFields);

export const overviewFields = {
  zones: v.array(zoneShape),
  agents: v.array(agentEntry),
  summary: summaryShape,
  /** Drops that are not in the table `drops` yet. */
  unreported: v.array(dropCountShape),
  /** Number of OpenTelemetry streams; none if absent. */
  streams: v.optional(v.number()),
};

/** The summary once more, for lists that show no agents. */
export const summaryRow = summaryFields;

/** An overview that a transaction works on; `_id` is null if it is not stored yet. */
export type Overview = Pick<Doc<"overviews">, "zones" | "agents" | "unreported"> & {
  _id: Id<"overviews"> | null;
  streams: number;
};

export const NO_AGENTS: AgentsSummary = summarize([], 0);

/** Bytes of the names of an agent's metrics. */
const LARGEST_NAMES = 1_600;
const MOST_METRICS = 3;

export async function findOverview(
  ctx: QueryCtx,
  projectId: Id<"projects">,
): Promise<Doc<"overviews"> | null> {
  return await ctx.db
    .query("overviews")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .unique();
}

/** Returns the overview of a project, or a new one, for a transaction that changes it. */
export async function openOverview(ctx: MutationCtx, projectId: Id<"projects">): Promise<Overview> {
  const found = await findOverview(ctx, projectId);
  if (found === null) return { _id: null, zones: [], agents: [], unreported: [], streams: 0 };
  return { ...found, streams: found.streams ?? 0 };
}

/**
 * Stores an overview, and the project's summary if it changed.
 *
 * @param now - Unix ms.
 */
export async function saveOverview(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  overview: Overview,
  now: number,
): Promise<void> {
  const { _id, zones, agents, unreported, streams } = overview;
  const outages = await outagesOf(ctx, await ctx.db.get("projects", projectId));
  const summary = summarize(agents.map(signsOf), now, outages);
  const row = { projectId, zones, agents, unreported, summary, ...(streams > 0 && { streams }) };
  if (_id === null) await ctx.db.insert("overviews", row);
  else await ctx.db.replace("overviews", _id, row);
  await saveSummary(ctx, projectId, summary);
}

/**
 * Returns the rows of the first row's project. A transaction changes one overview, because an overview takes up
 * to 1 MiB.
 */
export function ofFirstProject<Row extends { projectId: Id<"projects"> }>(rows: readonly Row[]): Row[] {
  return rows.filter(({ projectId }) => projectId === rows[0]?.projectId);
}

async function saveSummary(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  summary: AgentsSummary,
): Promise<void> {
  const row = await findSummary(ctx, projectId);
  if (row === null) {
    await ctx.db.insert("summaries", { projectId, ...summary });
    return;
  }
  const fields = Object.keys(summary) as (keyof AgentsSummary)[];
  if (fields.some((field) => row[field] !== summary[field]))
    await ctx.db.patch("summaries", row._id, summary);
}

async function findSummary(ctx: QueryCtx, projectId: Id<"projects">): Promise<Doc<"summaries"> | null> {
  return await ctx.db
    .query("summaries")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .unique();
}

/** Returns the stored summary of a project, without reading its agents. */
export async function summaryOf(ctx: QueryCtx, projectId: Id<"projects">): Promise<AgentsSummary> {
  const row = await findSummary(ctx, projectId);
  if (row === null) return NO_AGENTS;
  const { agents, failed, waiting, muted, nextSilentAt } = row;
  return { agents, failed, waiting, muted, nextSilentAt };
}

/** Returns what the health of an agent depends on. */
export function signsOf({ state, lastSeenAt, everyMs, mutedUntil }: AgentEntry) {
  return { state: state ?? null, lastSeenAt, everyMs: everyMs ?? null, mutedUntil: mutedUntil ?? null };
}

/** Returns the number of time series of all agents. */
export function countSeries({ agents }: Pick<Overview, "agents">): number {
  return agents.reduce((sum, { series }) => sum + series, 0);
}

/**
 * Returns the newest metrics of an agent. Names of extreme length leave out the third, so that an overview of
 * 200 agents always fits into a document.
 */
export function newestMetrics(metrics: readonly MetricEntry[]): MetricEntry[] {
  const sorted = metrics.toSorted((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1)).slice(0, MOST_METRICS);
  let room = LARGEST_NAMES;
  return sorted.filter(({ name }) => {
    room -= new TextEncoder().encode(name).length;
    return room >= 0;
  });
}

/** A metric in a result; `today` is null for a gauge. */
export const listedMetricShape = v.object({
  name: v.string(),
  kind: kindShape,
  value: v.number(),
  at: v.number(),
  today: v.union(v.object({ since: v.number(), sum: v.number() }), v.null()),
});

export type ListedMetric = Infer<typeof listedMetricShape>;

export const listedAgentFields = {
  agent: v.string(),
  state: v.union(stateShape, v.null()),
  message: v.union(v.string(), v.null()),
  stateAt: v.union(v.number(), v.null()),
  lastSeenAt: v.number(),
  everyMs: v.union(v.number(), v.null()),
  mutedUntil: v.union(v.number(), v.null()),
  metrics: v.array(listedMetricShape),
};

export const listedAgentShape = v.object(listedAgentFields);

export type ListedAgent = Infer<typeof listedAgentShape>;

/** An agent with the sparkline of its newest metric, and the number of its open incidents if there are any. */
export const drawnAgentShape = v.object({
  ...listedAgentFields,
  line: sparklineShape,
  incidents: v.optional(v.number()),
});

export type DrawnAgent = Infer<typeof drawnAgentShape>;

/**
 * Returns the agents of an overview with their sparklines, by name.
 *
 * @param timeZone - The time zone of `today`; UTC if it is null or not in use in this project.
 */
export function drawnAgents(
  overview: Pick<Overview, "zones" | "agents"> | null,
  timeZone: string | null,
): DrawnAgent[] {
  if (overview === null) return [];
  const { zones, agents } = overview;
  const own = zones.findIndex(({ zone }) => zone === timeZone);
  const index = own === -1 ? zones.findIndex(({ zone }) => zone === "UTC") : own;
  const since = zones[index]?.since ?? 0;
  return agents
    .map((entry) => ({
      agent: entry.agent,
      ...signsOf(entry),
      message: entry.message ?? null,
      stateAt: entry.stateAt ?? null,
      metrics: entry.metrics.map(({ today, ...metric }) => ({
        ...metric,
        today: addsUp(metric.kind) ? { since, sum: today?.[index] ?? 0 } : null,
      })),
      line: entry.line,
      ...(entry.incidents && { incidents: entry.incidents }),
    }))
    .sort((a, b) => (a.agent < b.agent ? -1 : 1));
}

/** Returns the newest metric of all agents, by time, then by agent and name; null without metrics. */
export function newestOf(agents: readonly ListedAgent[]): { agent: string; name: string } | null {
  let newest: { agent: string; name: string; at: number } | null = null;
  for (const { agent, metrics } of agents) {
    const [first] = metrics;
    if (first !== undefined && (newest === null || first.at > newest.at)) {
      newest = { agent, name: first.name, at: first.at };
    }
  }
  return newest && { agent: newest.agent, name: newest.name };
}

/** Returns an agent without its sparkline and incidents. */
export function withoutLine({ line: _, incidents: __, ...agent }: DrawnAgent): ListedAgent {
  return agent;
}

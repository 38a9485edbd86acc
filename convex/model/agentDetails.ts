/** Details of one agent, for its own page. */
import { type Infer, v } from "convex/values";
import type { Doc } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";
import { intervalOf } from "./agents.ts";
import { type ListedMetric, listedAgentFields, listedMetricShape } from "./overview.ts";
import { learnedInterval } from "./rhythm.ts";
import { hasToday, seriesOfAgent } from "./timeSeries.ts";
import { todayOf } from "./totals.ts";

const nullableNumber = v.union(v.number(), v.null());

export const detailedAgentShape = v.object({
  ...listedAgentFields,
  everySetMs: nullableNumber,
  everyLearnedMs: nullableNumber,
  firstSeenAt: v.number(),
  retiredAt: nullableNumber,
  series: v.array(listedMetricShape),
});

export type DetailedAgent = Infer<typeof detailedAgentShape>;

const MOST_METRICS = 3;

/**
 * Returns an agent with all its time series, by name.
 *
 * @param timeZone - The time zone of `today`; null for UTC.
 */
export async function detailsOf(
  ctx: QueryCtx,
  agent: Doc<"agents">,
  timeZone: string | null,
): Promise<DetailedAgent> {
  const rows = await seriesOfAgent(ctx, agent.projectId, agent.agent);
  const series: ListedMetric[] = rows.map((row) => ({
    name: row.name,
    kind: row.kind,
    value: row.value,
    at: row.at,
    today: hasToday(row) ? todayOf(row, timeZone) : null,
  }));
  const state = agent.state ?? null;
  return {
    agent: agent.agent,
    state,
    message: agent.message ?? null,
    stateAt: agent.stateAt ?? null,
    lastSeenAt: agent.lastSeenAt,
    everyMs: intervalOf(agent),
    mutedUntil: agent.mutedUntil ?? null,
    metrics: series.toSorted((a, b) => b.at - a.at || (a.name < b.name ? -1 : 1)).slice(0, MOST_METRICS),
    everySetMs: agent.everySetMs ?? null,
    everyLearnedMs: learnedInterval(agent, state),
    firstSeenAt: agent.firstSeenAt,
    retiredAt: agent.retiredAt ?? null,
    series,
  };
}

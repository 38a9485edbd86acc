/** Judgment of one rule for one agent: whether an incident has to be open, and when that may change. */
import type { Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import type { Bucket } from "../buckets.ts";
import { bucketsOfRow, HOURS, MINUTES } from "../chunks.ts";
import { type Outage, silentAfter } from "../health.ts";
import { HOUR_MS, MINUTE_MS, startOf } from "../intervals.ts";
import { type AgentEntry, signsOf } from "../overview.ts";
import { rowsBetween } from "../rollups.ts";
import { findSeries, openBuckets } from "../timeSeries.ts";
import type { Rule, ThresholdRule } from "./rules.ts";
import { measure, WINDOWS, windowStart } from "./windows.ts";

/**
 * `breached` is null if it is unknown, which changes nothing. `since` is the time of the cause, and `dueAt` is
 * when the judgment changes by itself. Both are Unix ms.
 */
export type Judgment = {
  breached: boolean | null;
  since: number;
  value: number | null;
  dueAt: number | null;
};

/** Data for judging the rules of one transaction. `ranges` counts the index ranges that it read. */
export type Judging = {
  projectId: Id<"projects">;
  outages: readonly Outage[];
  now: number;
  ranges: number;
};

/** Judges a rule for an agent that is neither retired nor muted. */
export async function judge(
  ctx: QueryCtx,
  judging: Judging,
  rule: Rule,
  entry: AgentEntry,
): Promise<Judgment> {
  if (rule.kind === "threshold") return await judgeThreshold(ctx, judging, rule, entry.agent);
  if (rule.kind === "silent") {
    const limit = silentAfter(signsOf(entry), judging.outages);
    return limit === null ? CALM : passed(limit, judging.now);
  }
  const { state, stateAt = 0 } = entry;
  if (state !== rule.state) return CALM;
  const minutes = rule.state === "waiting" ? rule.minutes : 0;
  const since = stateAt + minutes * MINUTE_MS;
  // An agent's clock may be ahead: its state counts from its arrival on.
  if (minutes === 0) return { ...CALM, breached: true, since };
  const { breached, ...judgment } = passed(since - 1, judging.now);
  // A repeated state does not close an incident.
  return { ...judgment, breached: breached || null, since };
}

/** Judgments that only a report changes. */
const UNKNOWN: Judgment = { breached: null, since: 0, value: null, dueAt: null };
const CALM: Judgment = { ...UNKNOWN, breached: false };

/** Returns the judgment of a condition that is true after a time. */
function passed(limit: number, now: number): Judgment {
  const breached = now > limit;
  return { breached, since: limit, value: null, dueAt: breached ? null : limit + 1 };
}

async function judgeThreshold(
  ctx: QueryCtx,
  judging: Judging,
  rule: ThresholdRule,
  agent: string,
): Promise<Judgment> {
  const { projectId, now } = judging;
  const key = { projectId, agent, name: rule.name };
  const from = windowStart(rule.window, now);
  judging.ranges += 1;
  const series = await findSeries(ctx, projectId, agent, rule.name);
  if (series === null) return UNKNOWN;
  const level = WINDOWS[rule.window].width < HOUR_MS ? MINUTES : HOURS;
  let closed: Bucket[] = [];
  // The open hours are in the time series itself.
  if (from < series.hour) {
    judging.ranges += 1;
    const start = startOf(from, level.span);
    const rows = await rowsBetween(ctx, key, level.width, start, now + level.span);
    closed = rows.flatMap(bucketsOfRow).filter(({ at }) => at >= from);
  }
  const measured = measure(rule, [...closed, ...openBuckets(series)], now);
  if (measured === null) return UNKNOWN;
  const { breached, value, next } = measured;
  const since = Math.min(now, Math.max(measured.since, series.arrivedAt));
  return { breached, since, value, dueAt: next };
}

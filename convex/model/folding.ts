/** Items of batches in the order of arrival, applied to the agents and time series of one transaction. */
import type { Id } from "../_generated/dataModel";
import { type AgentFields, applyState, newAgent, type StateChange, seeAgent } from "./agents.ts";
import { kindOf, type Metric, type Status, summaryOf } from "./batches.ts";
import { type Bucket, meanOf, merge } from "./buckets.ts";
import { EMPTY } from "./chunks.ts";
import { addCounts, type DropCode, type DropCount, MOST_AGENTS, MOST_SERIES } from "./drops.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, startOf } from "./intervals.ts";
import type { Item } from "./items.ts";
import { addsUp } from "./kinds.ts";
import { countSeries, type Overview } from "./overview.ts";
import type { Point } from "./points.ts";
import { openSince } from "./rollups.ts";
import { advance, type OpenResource, seeResource } from "./streams.ts";
import type { TimeSeries } from "./timeSeries.ts";

/** Index ranges: to store a document, to close an hour and perhaps its day, to change a closed hour. */
const SAVED_RANGES = 1;
const CLOSED_RANGES = 4;
const LATE_RANGES = 6;

/** A time series keeps its kind until it has received no point for this long, in ms. */
const KIND_KEPT_MS = DAY_MS;

/** An agent that a transaction works on; `_id` is null if it is not stored yet. */
export type OpenAgent = {
  _id: Id<"agents"> | null;
  fields: AgentFields;
  /** Whether the overview lists it, now or after this transaction. */
  active: boolean;
  /** Whether it was retired and reports again. */
  returned: boolean;
  seen: boolean;
  /** When its last batch arrived, and `lastSeenAt` before that batch. */
  before?: { arrivedAt: number; lastSeenAt: number };
  changes: StateChange[];
};

/** A time series that a transaction works on, with its new points as minute buckets. */
export type OpenSeries = {
  _id: Id<"timeSeries"> | null;
  fields: TimeSeries;
  minutes: Map<number, Bucket>;
  /** The hours of the new points, and the start of the oldest hour that is open with them. */
  hours: Set<number>;
  openSince: number;
  /** The last metric that an OpenTelemetry point became. */
  derived?: DerivedMetric;
};

/** A metric that an OpenTelemetry point became, with its batch. */
export type DerivedMetric = { batchId: Id<"agentMetrics">; metric: Metric & { at: number } };

export type Folding = {
  projectId: Id<"projects">;
  overview: Overview;
  /** The known agents of the batches, by name. */
  agents: Map<string, OpenAgent>;
  /** The known time series of the batches, by {@link seriesKey}. */
  series: Map<string, OpenSeries>;
  /** The resources of OpenTelemetry points, by their hash. */
  resources: Map<string, OpenResource>;
  /** What OpenTelemetry points became. */
  derived: DerivedMetric[];
  drops: DropCount[];
  activeAgents: number;
  activeSeries: number;
  /** Index ranges that the transaction reads, as far as they depend on the items. */
  ranges: number;
  now: number;
};

/** Returns the key of a time series in a map. */
export function seriesKey(agent: string, name: string): string {
  return JSON.stringify([agent, name]);
}

/** Returns the state of a transaction before its first item. */
export function beginFolding(projectId: Id<"projects">, overview: Overview, now: number): Folding {
  return {
    projectId,
    overview,
    agents: new Map(),
    series: new Map(),
    resources: new Map(),
    derived: [],
    drops: [],
    activeAgents: overview.agents.length,
    activeSeries: countSeries(overview),
    ranges: 0,
    now,
  };
}

/** Applies an item to the agents and time series of the transaction. */
export function foldItem(folding: Folding, item: Item): void {
  if ("point" in item) foldPoint(folding, item.point, item);
  else if ("metric" in item) foldMetric(folding, item.metric, item.arrivedAt);
  else foldStatus(folding, item.status, item.arrivedAt);
}

function foldMetric(folding: Folding, metric: Metric & { at: number }, arrivedAt: number): OpenSeries | null {
  const agent = seenAgent(folding, metric.agent, metric.at, arrivedAt);
  const series = agent && admitSeries(folding, agent, metric, arrivedAt);
  if (series === null || typeof series === "string") {
    drop(folding, series ?? "limit_reached");
    return null;
  }
  addMetric(folding, series, metric, arrivedAt);
  return series;
}

/** Returns the agent of an item, which is now seen; null if the project has no room for it. */
function seenAgent(folding: Folding, name: string, at: number, arrivedAt: number): OpenAgent | null {
  const seenAt = Math.min(at, arrivedAt);
  const agent = admitAgent(folding, name, seenAt, arrivedAt);
  if (agent === null) return null;
  const lastSeenAt = agent.fields.reportAt === null ? 0 : agent.fields.lastSeenAt;
  if (agent.before?.arrivedAt !== arrivedAt) agent.before = { arrivedAt, lastSeenAt };
  seeAgent(agent.fields, seenAt);
  return agent;
}

function addMetric(
  folding: Folding,
  series: OpenSeries,
  metric: Metric & { at: number },
  arrivedAt: number,
): void {
  const { fields, minutes } = series;
  countRanges(folding, series, metric.at);
  fields.arrivedAt = arrivedAt;
  if (metric.at >= fields.at) Object.assign(fields, { value: metric.value, at: metric.at });
  const at = startOf(metric.at, MINUTE_MS);
  const known = minutes.get(at);
  const summary = summaryOf(metric);
  minutes.set(at, { at, ...(known === undefined ? summary : merge(known, summary)) });
}

/** Folds an OpenTelemetry point: the stream it belongs to decides what it adds to its time series. */
function foldPoint(
  folding: Folding,
  { agent, name, resource, at: sentAt, said }: Point,
  { batchId, arrivedAt }: { batchId: Id<"agentMetrics">; arrivedAt: number },
): void {
  const at = sentAt ?? arrivedAt;
  const open = folding.resources.get(resource);
  if (open === undefined || seenAgent(folding, agent, at, arrivedAt) === null) {
    drop(folding, "limit_reached");
    return;
  }
  seeResource(open, folding.overview, arrivedAt);
  const { kind } = said;
  const added = "stream" in said ? advance(open, folding.overview, said.stream, arrivedAt) : said;
  if (added === "limit_reached") drop(folding, added);
  if (typeof added === "string") return;
  const metric: Metric & { at: number } =
    "value" in added
      ? { agent, name, kind, value: added.value, at }
      : { agent, name, kind, value: meanOf(added.summary), histogram: added.summary, at };
  const series = foldMetric(folding, metric, arrivedAt);
  if (series !== null) addDerived(folding, series, { batchId, metric });
}

/** Adds a metric to what is listed. Streams of one request and time that share a time series are one metric. */
function addDerived({ derived }: Folding, series: OpenSeries, added: DerivedMetric): void {
  const last = series.derived;
  const { fields } = series;
  if (last === undefined || last.batchId !== added.batchId || last.metric.at !== added.metric.at) {
    series.derived = added;
    derived.push(added);
    return;
  }
  const { metric } = last;
  const both = merge(summaryOf(metric), summaryOf(added.metric));
  if (metric.kind === "histogram") Object.assign(metric, { histogram: both, value: meanOf(both) });
  else if (metric.kind === "counter") metric.value = both.sum;
  else metric.value = added.metric.value;
  if (metric.at === fields.at) fields.value = metric.value;
}

/** Counts what a point reads: a closed hour its minutes, hours and day, twice if the point changes it. */
function countRanges(folding: Folding, series: OpenSeries, at: number): void {
  const { fields, hours, minutes } = series;
  if (minutes.size === 0) folding.ranges += SAVED_RANGES;
  const since = Math.max(series.openSince, openSince(fields, at));
  if (since > series.openSince) {
    const closing = [...hours].filter((hour) => hour >= series.openSince && hour < since);
    folding.ranges += CLOSED_RANGES * Math.max(1, closing.length);
    series.openSince = since;
  }
  const hour = startOf(at, HOUR_MS);
  if (hours.has(hour)) return;
  hours.add(hour);
  if (hour < since) folding.ranges += LATE_RANGES;
}

function foldStatus(folding: Folding, status: Status, arrivedAt: number): void {
  const at = status.at ?? arrivedAt;
  const agent = seenAgent(folding, status.agent, at, arrivedAt);
  if (agent === null) {
    drop(folding, "limit_reached");
    return;
  }
  if (status.state === undefined) return;
  const message = status.message ?? null;
  const seenBefore = agent.before?.lastSeenAt ?? 0;
  const change = applyState(agent.fields, { state: status.state, message, at, arrivedAt, seenBefore });
  if (change !== null) agent.changes.push(change);
}

/** Returns the agent of an item; null if the project has as many agents as it may have. */
function admitAgent(folding: Folding, name: string, at: number, arrivedAt: number): OpenAgent | null {
  const known = folding.agents.get(name);
  const retiredAt = known?.fields.retiredAt;
  // A batch that arrived before the agent was retired does not bring it back.
  const isOld = retiredAt !== undefined && arrivedAt <= retiredAt;
  if (known !== undefined && (known.active || isOld)) {
    known.seen = true;
    return known;
  }
  if (folding.activeAgents >= MOST_AGENTS) return null;
  folding.activeAgents += 1;
  if (known !== undefined) {
    delete known.fields.retiredAt;
    known.active = true;
    known.returned = true;
    known.seen = true;
    folding.activeSeries += [...folding.series.values()].filter(
      (series) => series.fields.agent === name && series._id !== null,
    ).length;
    return known;
  }
  const agent: OpenAgent = {
    _id: null,
    fields: newAgent(folding.projectId, name, at),
    active: true,
    returned: false,
    seen: true,
    changes: [],
  };
  folding.agents.set(name, agent);
  return agent;
}

/** Returns the time series of a point, or why the point is dropped. */
function admitSeries(
  folding: Folding,
  { active }: OpenAgent,
  metric: Metric & { at: number },
  arrivedAt: number,
): OpenSeries | DropCode {
  const key = seriesKey(metric.agent, metric.name);
  const kind = kindOf(metric);
  const zeros = folding.overview.zones.map(({ zone, since }) => ({ zone, since, sum: 0 }));
  const today = addsUp(kind) ? zeros : [];
  const known = folding.series.get(key);
  if (known !== undefined) {
    const { fields } = known;
    if (fields.kind === kind) return known;
    if (arrivedAt - fields.arrivedAt < KIND_KEPT_MS) return "kind_mismatch";
    Object.assign(fields, { kind, today });
    return known;
  }
  if (active && folding.activeSeries >= MOST_SERIES) return "limit_reached";
  if (active) folding.activeSeries += 1;
  const series: OpenSeries = {
    _id: null,
    fields: {
      projectId: folding.projectId,
      agent: metric.agent,
      name: metric.name,
      kind,
      value: metric.value,
      at: metric.at,
      arrivedAt,
      hour: startOf(metric.at, HOUR_MS),
      open: EMPTY,
      daySum: 0,
      today,
      line: { hours: [], values: [] },
    },
    minutes: new Map(),
    hours: new Set(),
    openSince: startOf(metric.at, HOUR_MS),
  };
  folding.series.set(key, series);
  return series;
}

function drop({ drops, now }: Folding, code: DropCode): void {
  const [known] = drops.filter((one) => one.code === code);
  if (known === undefined) drops.push({ code, count: 1, lastAt: now });
  else known.count += 1;
}

/** Returns the drops of this transaction and those that are not stored yet. */
export function allDrops({ drops, overview }: Folding): DropCount[] {
  return addCounts(overview.unreported, drops);
}

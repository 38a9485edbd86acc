/** Folds batches into the read models: agents, time series, rollups and the project's overview. */
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { addHistory, entryIn, entryOf, findAgent } from "./agents.ts";
import { evaluateAfterFold } from "./alerts/evaluate.ts";
import { type Bucket, regroup } from "./buckets.ts";
import { saveDerived } from "./derived.ts";
import { saveDrops } from "./drops.ts";
import {
  allDrops,
  beginFolding,
  type Folding,
  foldItem,
  type OpenAgent,
  type OpenSeries,
  seriesKey,
} from "./folding.ts";
import { HOUR_MS } from "./intervals.ts";
import { type Item, itemsOf, subjectOf } from "./items.ts";
import { noteUse } from "./keyUses.ts";
import {
  type AgentEntry,
  type MetricEntry,
  newestMetrics,
  type Overview,
  openOverview,
  saveOverview,
} from "./overview.ts";
import { addBuckets } from "./rollups.ts";
import { openResource, saveResource } from "./streams.ts";
import {
  findSeries,
  hasToday,
  openBuckets,
  type Sparkline,
  saveSeries,
  seriesOfAgent,
  type TimeSeries,
  withHours,
} from "./timeSeries.ts";
import { entrySums, rollOverview, withToday } from "./today.ts";
import { initialZones } from "./zones.ts";

/**
 * Limits of one transaction, under half of Convex's limits of index ranges and of time. A larger batch is
 * folded in parts.
 */
const MOST_SERIES_AT_ONCE = 500;
const MOST_RESOURCES_AT_ONCE = 150;
const MOST_ITEMS_AT_ONCE = 2_500;
const MOST_RANGES = 1_300;
const MOST_BUCKET_TEXT_READ = 3_000_000;

/** A batch that waits to be folded; `from` is the number of its items that are folded already. */
export type Pending = Pick<Doc<"pendingBatches">, "_id" | "batchId" | "keyId" | "items" | "from">;

/** `folded` is the number of batches that are done; `unreported` says that drops are still to be stored. */
export type Folded = { folded: number; unreported: boolean };

/**
 * Folds batches in their order, as far as one transaction can, and removes them from the queue. A batch that
 * does not fit is continued by the next run.
 */
export async function foldPending(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  pending: readonly Pending[],
): Promise<Folded> {
  const now = Date.now();
  const batches = await Promise.all(pending.map(({ batchId }) => ctx.db.get("agentMetrics", batchId)));
  const waiting = batches.map((batch, i) =>
    batch === null ? [] : itemsOf(batch).slice(pending[i]?.from ?? 0),
  );
  const items = fittingItems(waiting.flat());

  const overview = await openOverview(ctx, projectId);
  if (overview._id === null) overview.zones = await initialZones(ctx, projectId, now);
  await rollOverview(ctx, projectId, overview, now);
  const folding = beginFolding(projectId, overview, now);
  await loadKnown(ctx, folding, items);
  let count = 0;
  for (const item of items) {
    if (count > 0 && (folding.ranges > MOST_RANGES || !isLoaded(folding, item))) break;
    foldItem(folding, item);
    count += 1;
  }

  const before = overview.agents;
  await saveAllSeries(ctx, folding);
  await saveAgents(ctx, folding);
  for (const resource of folding.resources.values()) await saveResource(ctx, projectId, resource, overview);
  overview.unreported = await saveDrops(ctx, projectId, allDrops(folding), now, "later");
  await saveOverview(ctx, projectId, overview, now);
  const folded = await removeFolded(ctx, pending, waiting, count);
  await saveDerived(ctx, batches, folded, folding.derived);
  await noteUses(ctx, pending, batches, folded);
  const touched = [...folding.series.values()].filter(({ minutes }) => minutes.size > 0);
  const alerted = { before, after: overview.agents, touched: touched.map(({ fields }) => fields) };
  await evaluateAfterFold(ctx, projectId, alerted, now);
  return { folded, unreported: overview.unreported.length > 0 };
}

/** Returns the first items, whose time series and resources fit into one transaction. */
function fittingItems(items: readonly Item[]): Item[] {
  const series = new Set<string>();
  const resources = new Set<string>();
  const end = items.findIndex((item, index) => {
    const { agent, name } = subjectOf(item);
    if (name !== undefined) series.add(seriesKey(agent, name));
    if ("point" in item) resources.add(item.point.resource);
    return (
      series.size > MOST_SERIES_AT_ONCE ||
      resources.size > MOST_RESOURCES_AT_ONCE ||
      index === MOST_ITEMS_AT_ONCE
    );
  });
  return end === -1 ? [...items] : items.slice(0, end);
}

/** Removes folded batches from the queue, and notes the position in a batch that the next run continues. */
async function removeFolded(
  ctx: MutationCtx,
  pending: readonly Pending[],
  waiting: readonly (readonly Item[])[],
  count: number,
): Promise<number> {
  let left = count;
  for (const [index, { _id, from = 0 }] of pending.entries()) {
    const { length } = waiting[index] ?? [];
    if (length > left) {
      if (left > 0) await ctx.db.patch("pendingBatches", _id, { from: from + left });
      return index;
    }
    left -= length;
    await ctx.db.delete("pendingBatches", _id);
  }
  return pending.length;
}

/** Loads the agents and time series of all items. */
async function loadKnown(ctx: MutationCtx, folding: Folding, items: readonly Item[]): Promise<void> {
  const { projectId, overview } = folding;
  const names = new Set(items.map((item) => subjectOf(item).agent));
  const active = new Set(overview.agents.map(({ agent }) => agent));
  await Promise.all(
    [...names].map(async (name) => {
      const found = await findAgent(ctx, projectId, name);
      if (found === null) return;
      const { _id, _creationTime, ...fields } = found;
      const isActive = active.has(name);
      folding.agents.set(name, {
        _id,
        fields,
        active: isActive,
        returned: false,
        seen: false,
        changes: [],
      });
      // All time series of an agent that may return, because they count again.
      if (!isActive) for (const series of await seriesOfAgent(ctx, projectId, name)) open(folding, series);
    }),
  );
  // Each agent is read, and read again when it is stored.
  folding.ranges += 2 * names.size;
  const keys = new Map<string, { agent: string; name: string }>();
  for (const { agent, name } of items.map(subjectOf)) {
    if (name !== undefined) keys.set(seriesKey(agent, name), { agent, name });
  }
  await Promise.all(
    [...keys].map(async ([key, { agent, name }]) => {
      // A new agent has no time series.
      if (folding.series.has(key) || !folding.agents.has(agent)) return;
      folding.ranges += 1;
      const found = await findSeries(ctx, projectId, agent, name);
      if (found !== null) open(folding, found);
    }),
  );
  await loadResources(ctx, folding, items);
}

/** Loads resources in the order of the items, as far as one transaction can. */
async function loadResources(ctx: MutationCtx, folding: Folding, items: readonly Item[]): Promise<void> {
  let bucketText = 0;
  for (const item of items) {
    if (!("point" in item) || isLoaded(folding, item)) continue;
    if (bucketText > MOST_BUCKET_TEXT_READ) return;
    const { resource } = item.point;
    const opened = await openResource(ctx, folding.projectId, resource, item.arrivedAt);
    folding.resources.set(resource, opened);
    folding.ranges += 1 + Math.max(1, opened.rows.length);
    bucketText += opened.bucketText;
  }
}

/** Returns whether what an item is folded with is loaded. */
function isLoaded({ resources }: Folding, item: Item): boolean {
  return !("point" in item) || resources.has(item.point.resource);
}

function open(folding: Folding, { _id, _creationTime, ...fields }: Doc<"timeSeries">): void {
  folding.series.set(seriesKey(fields.agent, fields.name), {
    _id,
    fields,
    minutes: new Map(),
    hours: new Set(),
    openSince: fields.hour,
  });
}

async function saveAllSeries(ctx: MutationCtx, { series, overview }: Folding): Promise<void> {
  await Promise.all(
    [...series.values()].map(async (one) => {
      if (one.minutes.size > 0) await saveOne(ctx, one, overview);
    }),
  );
}

async function saveOne(ctx: MutationCtx, { _id, fields, minutes }: OpenSeries, { zones }: Overview) {
  const added: Bucket[] = [...minutes.values()];
  fields.today = await withToday(ctx, fields, zones, added);
  await addBuckets(ctx, fields, added);
  await saveSeries(ctx, _id, fields);
}

/** Stores the agents, and updates their entries in the overview. */
async function saveAgents(ctx: MutationCtx, folding: Folding): Promise<void> {
  const { overview, projectId } = folding;
  const seriesByAgent = new Map<string, OpenSeries[]>();
  for (const series of folding.series.values()) {
    const known = seriesByAgent.get(series.fields.agent);
    if (known === undefined) seriesByAgent.set(series.fields.agent, [series]);
    else known.push(series);
  }
  const entries = new Map(overview.agents.map((entry) => [entry.agent, entry]));
  await Promise.all(
    [...folding.agents].map(async ([name, agent]) => {
      if (!agent.seen) return;
      if (agent._id === null) await ctx.db.insert("agents", agent.fields);
      else await ctx.db.replace("agents", agent._id, agent.fields);
      await addHistory(ctx, projectId, name, agent.changes);
      if (agent.active) {
        entries.set(name, updatedEntry(overview, agent, seriesByAgent.get(name) ?? []));
      }
    }),
  );
  overview.agents = [...entries.values()];
}

/** Returns the entry of an agent after its time series were stored. */
function updatedEntry(overview: Overview, agent: OpenAgent, series: readonly OpenSeries[]): AgentEntry {
  const before = entryIn(overview, agent.fields.agent);
  const added = series.filter(({ _id }) => _id === null || before === undefined).length;
  // Of an agent that returns all time series are loaded, otherwise those with new points.
  const touched = series.filter(({ minutes }) => minutes.size > 0 || agent.returned);
  const byName = new Map<string, MetricEntry>(before?.metrics.map((metric) => [metric.name, metric]) ?? []);
  for (const { fields } of touched) byName.set(fields.name, metricEntry(fields, overview));
  const metrics = newestMetrics([...byName.values()]);
  const newest = touched.find(({ fields }) => fields.name === metrics[0]?.name);
  return entryOf(agent.fields, {
    series: (before?.series ?? 0) + added,
    ...(before?.incidents !== undefined && { incidents: before.incidents }),
    metrics,
    line: newest === undefined ? (before?.line ?? { hours: [], values: [] }) : wholeLine(newest.fields),
  });
}

/** Returns what the overview lists of a time series. */
export function metricEntry(fields: TimeSeries, { zones }: Pick<Overview, "zones">): MetricEntry {
  const { name, kind, value, at, today } = fields;
  return { name, kind, value, at, ...(hasToday(fields) && { today: entrySums(zones, today) }) };
}

/** Returns the sparkline of a time series with its open hours. */
export function wholeLine(fields: TimeSeries): Sparkline {
  const open = regroup(openBuckets(fields), HOUR_MS);
  return withHours(fields.line, fields.kind, open, fields.hour);
}

async function noteUses(
  ctx: MutationCtx,
  pending: readonly Pending[],
  batches: readonly (Doc<"agentMetrics"> | null)[],
  folded: number,
): Promise<void> {
  const uses = new Map<Id<"projectKeys">, number>();
  for (const [index, { keyId }] of pending.slice(0, folded).entries()) {
    const at = batches[index]?.at;
    if (at !== undefined) uses.set(keyId, Math.max(at, uses.get(keyId) ?? 0));
  }
  await Promise.all([...uses].map(([keyId, at]) => noteUse(ctx, keyId, at)));
}

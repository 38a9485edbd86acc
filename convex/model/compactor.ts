/**
 * Compactor: folds the batches of one project, one transaction after another. It starts at most once a second,
 * except that a run that left batches over is followed at once.
 *
 * It sleeps while no batch waits. The request that finds it asleep wakes it. A run that falls asleep has read
 * the whole queue in the same transaction, so a batch that arrives meanwhile conflicts with it and is not
 * overlooked.
 */
import { internal } from "../_generated/api.js";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { saveDrops } from "./drops.ts";
import type { Folded, Pending } from "./fold.ts";
import { log } from "./log.ts";

/** Time between two runs, in ms, unless the first left batches over. */
const EVERY_MS = 1_000;

/** Delay of the first run after a wake-up, in ms: requests that arrive together are folded together. */
const WAKE_MS = 350;

/**
 * A busy run leaves batches that are younger than this, in ms: it would conflict with requests that are about
 * to commit.
 */
const SETTLED_MS = 300;

/** A run that finds at most this many batches is not busy: it folds all, and sleeps. */
const CALM = 2;

/** What one transaction can read; the text is that of OpenTelemetry points, at most some 1 MB in each batch. */
const MOST_BATCHES = 100;
const MOST_ITEMS = 2_500;
const MOST_TEXT = 1_500_000;

/** The watchdog restarts a compactor whose oldest batch has waited this long, in ms. */
const STUCK_MS = 30_000;
const MOST_STUCK = 1_000;

type Compactor = Doc<"compactors">;

/** One run of a chain: the chain of an older generation has ended. */
type Run = {
  projectId: Id<"projects">;
  generation: number;
  /** Whether drops are still to be stored. */
  unreported: boolean;
  /** How many batches are to be folded one by one, because they failed together. */
  singly: number;
};

/** Adds a stored batch to the queue, and wakes the compactor if it sleeps. */
export async function enqueue(
  ctx: MutationCtx,
  batch: Omit<Doc<"pendingBatches">, "_id" | "_creationTime">,
  now: number,
): Promise<void> {
  await ctx.db.insert("pendingBatches", batch);
  const compactor = await findCompactor(ctx, batch.projectId);
  if (compactor?.active) return;
  const sinceLast = now - (compactor?.startedAt ?? 0);
  await start(ctx, batch.projectId, compactor, Math.max(WAKE_MS, EVERY_MS - sinceLast));
}

/** Starts a new chain of runs. Runs of an older chain end. */
async function start(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  compactor: Compactor | null,
  delayMs: number,
): Promise<void> {
  const generation = (compactor?.generation ?? 0) + 1;
  if (compactor === null) {
    await ctx.db.insert("compactors", { projectId, active: true, generation, startedAt: 0 });
  } else {
    await ctx.db.patch("compactors", compactor._id, { active: true, generation });
  }
  await ctx.scheduler.runAfter(delayMs, internal.compaction.run, {
    ...{ projectId, generation },
    ...{ unreported: true, singly: 0 },
  });
}

/** Runs the compactor once, and schedules its next run unless it falls asleep. */
export async function runCompactor(ctx: MutationCtx, run: Run): Promise<void> {
  const { projectId, generation } = run;
  const compactor = await findCompactor(ctx, projectId);
  // The rows of a deleted project are removed by its deletion.
  if (compactor?.generation !== generation || (await ctx.db.get("projects", projectId)) === null) return;
  const now = Date.now();
  const { pending, isCalm, isBehind } = await nextBatches(ctx, projectId, now, run.singly > 0);
  const { folded, unreported, failed } = await fold(ctx, run, pending);
  const singly = Math.max(0, failed ? pending.length : run.singly - folded);
  if (isCalm && folded === pending.length && !unreported && singly === 0) {
    await ctx.db.patch("compactors", compactor._id, { active: false, startedAt: now });
    return;
  }
  const delay = isBehind || folded < pending.length || singly > 0 ? 0 : EVERY_MS;
  await ctx.scheduler.runAfter(delay, internal.compaction.run, { ...run, unreported, singly });
}

/** Starts a new chain for each project whose batches have waited too long: its last run failed or got lost. */
export async function restartStuck(ctx: MutationCtx): Promise<void> {
  const waiting = await ctx.db
    .query("pendingBatches")
    .withIndex("by_creation_time", (q) => q.lt("_creationTime", Date.now() - STUCK_MS))
    .take(MOST_STUCK);
  for (const projectId of new Set(waiting.map((row) => row.projectId))) {
    if ((await ctx.db.get("projects", projectId)) === null) continue;
    log("warn", "compaction.restarted", { projectId });
    await start(ctx, projectId, await findCompactor(ctx, projectId), 0);
  }
}

/** Returns the next batches. A calm run got the whole queue; more wait if a run is behind. */
async function nextBatches(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  now: number,
  singly: boolean,
): Promise<{ pending: Doc<"pendingBatches">[]; isCalm: boolean; isBehind: boolean }> {
  const most = singly ? 1 : MOST_BATCHES;
  const settled = await ctx.db
    .query("pendingBatches")
    .withIndex("by_project", (q) => q.eq("projectId", projectId).lt("_creationTime", now - SETTLED_MS))
    .take(most);
  if (settled.length > CALM || settled.length === most) {
    const pending = fitting(settled);
    return { pending, isCalm: false, isBehind: pending.length < settled.length || settled.length === most };
  }
  const young = await ctx.db
    .query("pendingBatches")
    .withIndex("by_project", (q) => q.eq("projectId", projectId).gte("_creationTime", now - SETTLED_MS))
    .take(most);
  const all = [...settled, ...young];
  const pending = fitting(all);
  return { pending, isCalm: all.length <= CALM, isBehind: pending.length < all.length };
}

/** Returns as many batches as one transaction can hold; at least one. */
function fitting(rows: readonly Doc<"pendingBatches">[]): Doc<"pendingBatches">[] {
  let items = 0;
  let text = 0;
  return rows.filter((row, index) => {
    items += row.items;
    text += row.textLength ?? 0;
    return index === 0 || (items <= MOST_ITEMS && text <= MOST_TEXT);
  });
}

/**
 * Folds batches. If that fails, the next runs fold them one by one, and one that fails alone is dropped: a
 * batch never stops its project.
 */
async function fold(
  ctx: MutationCtx,
  { projectId, unreported }: Run,
  rows: readonly Pending[],
): Promise<Folded & { failed: boolean }> {
  if (rows.length === 0 && !unreported) return { folded: 0, unreported: false, failed: false };
  const pending = rows.map(({ _id, batchId, keyId, items, from }) => ({
    ...{ _id, batchId, keyId, items },
    ...(from !== undefined && { from }),
  }));
  try {
    return { ...(await ctx.runMutation(internal.compaction.fold, { projectId, pending })), failed: false };
  } catch (error) {
    log("error", "compaction.failed", { projectId, batches: pending.length, error: nameOf(error) });
  }
  const [only] = pending;
  if (pending.length > 1 || only === undefined) return { folded: 0, unreported, failed: true };
  const { _id, batchId, items, from = 0 } = only;
  log("error", "compaction.dropped", { projectId, batchId, items: items - from });
  await ctx.db.delete("pendingBatches", _id);
  const now = Date.now();
  const drops = [{ code: "failed" as const, count: items - from, lastAt: now }];
  await saveDrops(ctx, projectId, drops, now, "at once");
  return { folded: 1, unreported, failed: false };
}

/** Returns what may be logged of an error: its message could contain a name or a value. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}

async function findCompactor(ctx: QueryCtx, projectId: Id<"projects">): Promise<Compactor | null> {
  return await ctx.db
    .query("compactors")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .unique();
}

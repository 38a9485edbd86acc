/** Agents: what they report of themselves, and how owners adjust them. */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { evaluateSoon } from "./alerts/dues.ts";
import type { State } from "./health.ts";
import { type AgentEntry, type Overview, openOverview, saveOverview, stateShape } from "./overview.ts";
import { rejection } from "./rejection.ts";
import { addDone, addSign, learnedInterval } from "./rhythm.ts";

export const agentFields = {
  agent: v.string(),
  firstSeenAt: v.number(),
  lastSeenAt: v.number(),
  /** The last reported state, its message and its time. */
  state: v.optional(stateShape),
  message: v.optional(v.string()),
  stateAt: v.optional(v.number()),
  /** Start of the newest report, and times of the last reports, oldest first. */
  reportAt: v.union(v.number(), v.null()),
  reports: v.array(v.number()),
  doneReports: v.array(v.number()),
  /** The interval that owner or admin set, in ms. */
  everySetMs: v.optional(v.number()),
  mutedUntil: v.optional(v.number()),
  retiredAt: v.optional(v.number()),
};

export type AgentFields = Omit<Doc<"agents">, "_id" | "_creationTime">;

/** A change of state; `at` is Unix ms. */
export const stateChangeShape = v.object({
  state: stateShape,
  message: v.union(v.string(), v.null()),
  at: v.number(),
});

export type StateChange = Infer<typeof stateChangeShape>;

const MOST_CHANGES = 50;

/** Returns an agent that has not been seen before. */
export function newAgent(projectId: Id<"projects">, agent: string, at: number): AgentFields {
  return { projectId, agent, firstSeenAt: at, lastSeenAt: at, reportAt: null, reports: [], doneReports: [] };
}

/**
 * Notes a sign of life. A time before the newest changes nothing.
 *
 * @param at - Time of the item, at most its arrival. Unix ms.
 */
export function seeAgent(agent: AgentFields, at: number): void {
  if (agent.reportAt !== null && at <= agent.lastSeenAt) return;
  agent.lastSeenAt = at;
  addSign(agent, at);
}

/**
 * Applies a reported state, unless a newer one is known.
 *
 * @param report - The state with its own time; `arrivedAt` is when it arrived, and `seenBefore` is `lastSeenAt`
 *   before its batch. Unix ms.
 * @returns The change to remember; null if the state stays the same.
 */
export function applyState(
  agent: AgentFields,
  report: { state: State; message: string | null; at: number; arrivedAt: number; seenBefore: number },
): StateChange | null {
  const { state, message, at, arrivedAt, seenBefore } = report;
  if (agent.stateAt !== undefined && at < agent.stateAt) return null;
  const changed = agent.state !== state;
  agent.state = state;
  if (message === null) delete agent.message;
  else agent.message = message;
  agent.stateAt = at;
  const seenAt = Math.min(at, arrivedAt);
  if (state === "done" && seenAt >= seenBefore) addDone(agent, seenAt);
  return changed ? { state, message, at } : null;
}

/** Returns the expected interval between reports in ms; null if it is unknown. */
export function intervalOf(agent: AgentFields): number | null {
  return agent.everySetMs ?? learnedInterval(agent, agent.state ?? null);
}

/** Returns the entry of an agent in its project's overview; `known` is what others than the agent change. */
export function entryOf(
  agent: AgentFields,
  known: Pick<AgentEntry, "series" | "incidents" | "metrics" | "line">,
): AgentEntry {
  const { state, message, stateAt, mutedUntil } = agent;
  const everyMs = intervalOf(agent);
  return {
    agent: agent.agent,
    lastSeenAt: agent.lastSeenAt,
    ...(state !== undefined && { state }),
    ...(message !== undefined && { message }),
    ...(stateAt !== undefined && { stateAt }),
    ...(everyMs !== null && { everyMs }),
    ...(mutedUntil !== undefined && { mutedUntil }),
    series: known.series,
    ...(known.incidents !== undefined && { incidents: known.incidents }),
    metrics: known.metrics,
    line: known.line,
  };
}

export async function findAgent(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  agent: string,
): Promise<Doc<"agents"> | null> {
  return await ctx.db
    .query("agents")
    .withIndex("by_name", (q) => q.eq("projectId", projectId).eq("agent", agent))
    .unique();
}

/**
 * Returns an agent, retired or not.
 *
 * @throws `not_found` if the project has no agent of this name.
 */
export async function requireAgent(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  agent: string,
): Promise<Doc<"agents">> {
  const found = await findAgent(ctx, projectId, agent);
  if (found === null) throw rejection("not_found", "There is no such agent.");
  return found;
}

/** Returns the last changes of state, newest first. */
export async function historyOf(ctx: QueryCtx, agent: Doc<"agents">): Promise<StateChange[]> {
  const row = await findHistory(ctx, agent.projectId, agent.agent);
  return row === null ? [] : row.changes.toReversed();
}

/** Adds changes of state to an agent's history, oldest first. */
export async function addHistory(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  agent: string,
  changes: readonly StateChange[],
): Promise<void> {
  if (changes.length === 0) return;
  const row = await findHistory(ctx, projectId, agent);
  const kept = [...(row?.changes ?? []), ...changes].slice(-MOST_CHANGES);
  if (row === null) await ctx.db.insert("agentStates", { projectId, agent, changes: kept });
  else await ctx.db.patch("agentStates", row._id, { changes: kept });
}

/** Returns the stored changes of an agent's state, or null. */
export async function findHistory(ctx: QueryCtx, projectId: Id<"projects">, agent: string) {
  return await ctx.db
    .query("agentStates")
    .withIndex("by_name", (q) => q.eq("projectId", projectId).eq("agent", agent))
    .unique();
}

/** Changes agents of one project, and their entries in the overview unless they are retired. */
export async function changeAgents(
  ctx: MutationCtx,
  agents: readonly Doc<"agents">[],
  change: Partial<Pick<AgentFields, "everySetMs" | "mutedUntil" | "retiredAt">>,
  now: number,
): Promise<void> {
  const [first] = agents;
  if (first === undefined) return;
  const { projectId } = first;
  const changed = new Map(agents.map((agent) => [agent.agent, { ...agent, ...change }]));
  for (const { _id } of agents) await ctx.db.patch("agents", _id, change);
  const overview = await openOverview(ctx, projectId);
  overview.agents = overview.agents.flatMap((entry) => {
    const agent = changed.get(entry.agent);
    if (agent === undefined) return [entry];
    return agent.retiredAt === undefined ? [entryOf(agent, entry)] : [];
  });
  await saveOverview(ctx, projectId, overview, now);
  await evaluateSoon(ctx, projectId, [...changed.keys()], now);
}

/** Returns the entry of an agent in an overview. */
export function entryIn({ agents }: Pick<Overview, "agents">, agent: string): AgentEntry | undefined {
  return agents.find((entry) => entry.agent === agent);
}

/**
 * Evaluation of agents: opens and closes incidents, in one transaction with their messages. It may run at any
 * time and any number of times: an incident is opened only if its rule has none open for the agent.
 */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { entryIn } from "../agents.ts";
import { silentAfter, toleranceOf } from "../health.ts";
import { type AgentEntry, openOverview, signsOf } from "../overview.ts";
import { evaluateSoon, setDue } from "./dues.ts";
import { closeIncident, openIncident, openIncidentsOf } from "./incidents.ts";
import { type Judging, judge } from "./judge.ts";
import { markIncidents } from "./marks.ts";
import { outagesOf } from "./outages.ts";
import { type Outbox, openOutbox, sealOutbox } from "./outbox.ts";
import { rulesOf } from "./ruleStore.ts";
import { concerns, ruleOf } from "./rules.ts";
import { calmOf } from "./windows.ts";

/** Index ranges of one transaction, except for those of the last agent. */
const MOST_RANGES = 1_000;

type Evaluation = { rules: readonly Doc<"alertRules">[]; judging: Judging; outbox: Outbox };

/**
 * Evaluates agents of a project by all its rules, as many as one transaction can.
 *
 * @returns The number of agents that are done.
 */
export async function evaluateAgents(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  agents: readonly string[],
  now: number,
): Promise<number> {
  const project = await ctx.db.get("projects", projectId);
  if (project === null || project.archivedAt !== undefined) return agents.length;
  const rules = await rulesOf(ctx, projectId);
  const overview = await openOverview(ctx, projectId);
  const judging: Judging = { projectId, outages: await outagesOf(ctx, project), now, ranges: 0 };
  const outbox = openOutbox(projectId, now);
  let done = 0;
  for (const agent of agents) {
    if (judging.ranges > MOST_RANGES) break;
    judging.ranges += 4;
    const entry = entryIn(overview, agent);
    const dueAt = await evaluateAgent(ctx, { rules, judging, outbox }, agent, entry);
    await setDue(ctx, projectId, agent, dueAt);
    done += 1;
  }
  await markIncidents(ctx, projectId, outbox.changed, now);
  await sealOutbox(ctx, outbox);
  return done;
}

/** Evaluates an agent; without an entry it is retired. Returns when it has to be evaluated again. */
async function evaluateAgent(
  ctx: MutationCtx,
  evaluation: Evaluation,
  agent: string,
  entry: AgentEntry | undefined,
): Promise<number | null> {
  const { rules, judging, outbox } = evaluation;
  const { projectId, now } = judging;
  const open = await openIncidentsOf(ctx, projectId, agent);
  const mutedUntil = entry?.mutedUntil ?? 0;
  if (entry === undefined || now < mutedUntil) {
    const reason = entry === undefined ? "retired" : "muted";
    for (const incident of open) await closeIncident(ctx, outbox, incident, reason);
    return entry === undefined || rules.length === 0 ? null : mutedUntil;
  }
  const dues: number[] = [];
  for (const rule of rules.filter((one) => concerns(one, agent))) {
    const incident = open.find(({ ruleId }) => ruleId === rule._id) ?? null;
    const dueAt = await evaluateRule(ctx, evaluation, rule, entry, incident);
    if (dueAt !== null) dues.push(dueAt);
  }
  return dues.length === 0 ? null : Math.min(...dues);
}

async function evaluateRule(
  ctx: MutationCtx,
  { judging, outbox }: Evaluation,
  rule: Doc<"alertRules">,
  entry: AgentEntry,
  incident: Doc<"incidents"> | null,
): Promise<number | null> {
  const { now } = judging;
  const { breached, since, value, dueAt } = await judge(ctx, judging, ruleOf(rule), entry);
  if (breached === null) return dueAt;
  if (incident === null) {
    if (breached) await openIncident(ctx, outbox, rule, { agent: entry.agent, value, since });
    return dueAt;
  }
  const { calmSince } = incident;
  if (breached) {
    if (calmSince !== undefined) await ctx.db.patch("incidents", incident._id, { calmSince: undefined });
    return dueAt;
  }
  const calmMs = rule.kind === "threshold" ? calmOf(rule.window) : 0;
  const calmAt = Math.min(calmSince ?? now, now);
  if (now - calmAt >= calmMs) {
    await closeIncident(ctx, outbox, incident, "recovered");
    return dueAt;
  }
  if (calmSince !== calmAt) await ctx.db.patch("incidents", incident._id, { calmSince: calmAt });
  return Math.min(calmAt + calmMs, dueAt ?? Number.POSITIVE_INFINITY);
}

/** A time series that got points. */
type Touched = { agent: string; name: string };

/**
 * Schedules the evaluation of the agents for which a fold may have changed something. All others are
 * evaluated when they are due.
 *
 * @param before - The agents before the fold.
 * @param after - The agents after it; those that did not report are the same objects.
 */
export async function evaluateAfterFold(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  { before, after, touched }: { before: AgentEntry[]; after: AgentEntry[]; touched: Touched[] },
  now: number,
): Promise<void> {
  const rules = await rulesOf(ctx, projectId);
  if (rules.length === 0) return;
  const earlier = new Map(before.map((entry) => [entry.agent, entry]));
  const agents = new Set(
    after.filter((entry) => changes(earlier.get(entry.agent), entry, now)).map(({ agent }) => agent),
  );
  for (const { agent, name } of touched) {
    const isWatched = rules.some(
      (rule) => rule.kind === "threshold" && rule.name === name && concerns(rule, agent),
    );
    if (isWatched) agents.add(agent);
  }
  await evaluateSoon(ctx, projectId, [...agents], now);
}

/**
 * Returns whether an agent changed so that an incident opens or closes, or that it is due earlier. Outages make
 * every limit later: one that has passed without them may still be ahead, and a report moves the limit back
 * only if the agent reports more often than before.
 */
function changes(before: AgentEntry | undefined, after: AgentEntry, now: number): boolean {
  if (before === after) return false;
  if (before === undefined || before.state !== after.state) return true;
  if (after.state === "waiting" && before.stateAt !== after.stateAt) return true;
  const limit = silentAfter(signsOf(before));
  if (limit !== null && now > limit) return true;
  if (silentAfter(signsOf(after)) === null) return false;
  return limit === null || toleranceOf(signsOf(after)) < toleranceOf(signsOf(before));
}

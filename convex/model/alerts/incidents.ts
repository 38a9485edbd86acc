/** Incidents: opened and closed together with their messages, and listed. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { listsIn, pageOf } from "../lists.ts";
import { log } from "../log.ts";
import { membershipsOf } from "../memberships.ts";
import { visibleName } from "../names.ts";
import { addMessages, type Outbox } from "./outbox.ts";
import { predicateOf, ruleOf } from "./rules.ts";
import { type CloseReason, closeReasonShape } from "./tables.ts";

const nullableNumber = v.union(v.number(), v.null());

/** An incident. `name` and `value` are null unless its rule is a threshold. Times are Unix ms. */
export const incidentShape = v.object({
  _id: v.id("incidents"),
  ruleId: v.id("alertRules"),
  kind: v.union(v.literal("silent"), v.literal("state"), v.literal("threshold")),
  agent: v.string(),
  name: v.union(v.string(), v.null()),
  value: nullableNumber,
  since: v.number(),
  openedAt: v.number(),
  closedAt: nullableNumber,
  closeReason: v.union(closeReasonShape, v.null()),
});
export type Incident = Infer<typeof incidentShape>;

/** What happened, as the predicate of a sentence about the agent. For pages. */
const description = { predicate: v.string() };

export const describedIncidentShape = incidentShape.extend(description);

/** An incident with its project. */
export const placedIncidentShape = incidentShape.extend({
  projectId: v.id("projects"),
  projectName: v.string(),
});

const pageIncidentShape = placedIncidentShape.extend(description);
type PageIncident = Infer<typeof pageIncidentShape>;

/** Incidents of all projects of a user, for their page. */
export const incidentsPageShape = v.object({
  open: v.array(pageIncidentShape),
  recent: v.array(pageIncidentShape),
});

const MOST_LISTED = 200;
const MOST_CLOSED = 200;

/** Incidents on the page of a project, and closed ones on the page of all projects. */
const MOST_NEWEST = 20;
const MOST_RECENT = 50;

/** Returns the open incidents of an agent. A project has at most 50 rules, each with one of them. */
export async function openIncidentsOf(ctx: QueryCtx, projectId: Id<"projects">, agent: string) {
  return await ctx.db
    .query("incidents")
    .withIndex("by_agent", (q) => q.eq("projectId", projectId).eq("agent", agent).eq("closedAt", undefined))
    .collect();
}

/** Opens an incident and adds its messages. */
export async function openIncident(
  ctx: MutationCtx,
  outbox: Outbox,
  rule: Doc<"alertRules">,
  cause: { agent: string; value: number | null; since: number },
): Promise<void> {
  const { projectId, now } = outbox;
  const incidentId = await ctx.db.insert("incidents", {
    projectId,
    ruleId: rule._id,
    rule: ruleOf(rule),
    ...cause,
    since: Math.min(cause.since, now),
    openedAt: now,
  });
  outbox.changed.add(cause.agent);
  log("info", "alert.opened", { projectId, incidentId, kind: rule.kind, ms: now - cause.since });
  await addMessages(ctx, outbox, incidentId, "incident.opened");
}

/** Closes an incident and adds its messages, if the reason is one that is reported. */
export async function closeIncident(
  ctx: MutationCtx,
  outbox: Outbox,
  { _id, projectId, agent }: Doc<"incidents">,
  reason: "recovered" | "muted" | "retired",
): Promise<void> {
  outbox.changed.add(agent);
  await close(ctx, _id, projectId, reason, outbox.now);
  await addMessages(ctx, outbox, _id, "incident.closed");
}

async function close(
  ctx: MutationCtx,
  incidentId: Id<"incidents">,
  projectId: Id<"projects">,
  closeReason: CloseReason,
  now: number,
): Promise<void> {
  await ctx.db.patch("incidents", incidentId, { closedAt: now, closeReason, calmSince: undefined });
  log("info", "alert.closed", { projectId, incidentId, reason: closeReason });
}

/**
 * Closes the open incidents of a removed rule without a message: at most one for each agent.
 *
 * @returns Their agents.
 */
export async function closeByRule(
  ctx: MutationCtx,
  ruleId: Id<"alertRules">,
  now: number,
): Promise<Set<string>> {
  const open = await ctx.db
    .query("incidents")
    .withIndex("by_rule", (q) => q.eq("ruleId", ruleId).eq("closedAt", undefined))
    .collect();
  for (const { _id, projectId } of open) await close(ctx, _id, projectId, "rule_removed", now);
  return new Set(open.map(({ agent }) => agent));
}

/**
 * Closes open incidents of an archived project without a message.
 *
 * @returns Their agents, and whether more may be open.
 */
export async function closeByProject(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  now: number,
): Promise<{ agents: Set<string>; isMore: boolean }> {
  const open = await ctx.db
    .query("incidents")
    .withIndex("by_closed", (q) => q.eq("projectId", projectId).eq("closedAt", undefined))
    .take(MOST_CLOSED);
  for (const { _id } of open) await close(ctx, _id, projectId, "archived", now);
  return { agents: new Set(open.map(({ agent }) => agent)), isMore: open.length === MOST_CLOSED };
}

function incidentOf(row: Doc<"incidents">): Incident {
  const { _id, ruleId, rule, agent, value, since, openedAt } = row;
  return {
    ...{ _id, ruleId, kind: rule.kind, agent },
    name: rule.kind === "threshold" ? rule.name : null,
    ...{ value, since, openedAt },
    closedAt: row.closedAt ?? null,
    closeReason: row.closeReason ?? null,
  };
}

function newestFirst(ctx: QueryCtx, projectId: Id<"projects">) {
  return listsIn(ctx)
    .query("incidents")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .order("desc");
}

/** Returns one page of the incidents of a project, newest first. */
export async function listIncidents(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<Incident>> {
  const result = await pageOf(newestFirst(ctx, projectId), paginationOpts);
  return { ...result, page: result.page.map(incidentOf) };
}

/** Returns the newest incidents of a project, for its page. */
export async function newestIncidents(ctx: QueryCtx, projectId: Id<"projects">) {
  const rows = await newestFirst(ctx, projectId).take(MOST_NEWEST);
  return rows.map((row) => ({ ...incidentOf(row), predicate: predicateOf(row.rule) }));
}

/** Returns the open incidents of all projects of a user, newest first. */
export async function openIncidentsOfUser(ctx: QueryCtx, userId: Id<"users">) {
  const open = await incidentsOfUser(ctx, userId, "open", MOST_LISTED);
  return open.map(({ predicate: _, ...incident }) => incident);
}

/** Returns the open incidents of all projects of a user, and those that closed last, for their page. */
export async function incidentsPageOf(ctx: QueryCtx, userId: Id<"users">) {
  return {
    open: await incidentsOfUser(ctx, userId, "open", MOST_LISTED),
    recent: await incidentsOfUser(ctx, userId, "closed", MOST_RECENT),
  };
}

/**
 * Returns incidents of all projects of a user, newest first.
 *
 * @param which - `open` by when they opened, `closed` by when they closed.
 */
async function incidentsOfUser(
  ctx: QueryCtx,
  userId: Id<"users">,
  which: "open" | "closed",
  most: number,
): Promise<PageIncident[]> {
  let newest: PageIncident[] = [];
  for (const { projectId, project } of await membershipsOf(ctx, userId)) {
    // Of each further project, only those that are newer than what is listed already.
    const floor = newest.length < most ? 0 : timeOf(newest.at(-1));
    const rows = await ctx.db
      .query("incidents")
      .withIndex("by_closed", (q) =>
        which === "open"
          ? q.eq("projectId", projectId).eq("closedAt", undefined).gt("openedAt", floor)
          : q.eq("projectId", projectId).gt("closedAt", floor),
      )
      .order("desc")
      .take(most);
    if (rows.length === 0) continue;
    const name = project?.name ?? (await ctx.db.get("projects", projectId))?.name ?? "";
    const placed = rows.map((row) => ({
      ...incidentOf(row),
      ...{ projectId, projectName: visibleName(name), predicate: predicateOf(row.rule) },
    }));
    newest = [...newest, ...placed].sort((a, b) => timeOf(b) - timeOf(a)).slice(0, most);
  }
  return newest;
}

function timeOf(incident: Incident | undefined): number {
  return incident?.closedAt ?? incident?.openedAt ?? 0;
}

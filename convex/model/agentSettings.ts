/** What owners and admins set for an agent: its interval, muting, and retirement. */
import { internal } from "../_generated/api.js";
import type { Doc } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { changeAgents, requireAgent } from "./agents.ts";
import { recordEvent } from "./audit.ts";
import type { AuditEvent } from "./auditEvents.ts";
import { DAY_MS, MINUTE_MS } from "./intervals.ts";
import { rejection } from "./rejection.ts";

const LEAST_INTERVAL_MS = MINUTE_MS;
const MOST_INTERVAL_MS = 31 * DAY_MS;
const LONGEST_MUTE_MS = 366 * DAY_MS;

/**
 * Sets the expected interval between the reports of an agent.
 *
 * @param everyMs - The interval in ms; null for the learned one.
 * @throws `not_found` if there is no such agent; `invalid` if the interval is too short or too long.
 */
export async function setAgentInterval(
  ctx: MutationCtx,
  user: Doc<"users">,
  project: Doc<"projects">,
  name: string,
  everyMs: number | null,
): Promise<void> {
  const agent = await requireAgent(ctx, project._id, name);
  if (everyMs !== null && !(everyMs >= LEAST_INTERVAL_MS && everyMs <= MOST_INTERVAL_MS)) {
    throw rejection("invalid", "Choose an interval from 1 minute to 31 days.");
  }
  const everySetMs = everyMs ?? undefined;
  if (everySetMs === agent.everySetMs) return;
  await changeAgents(ctx, [agent], { everySetMs }, Date.now());
  await record(ctx, user, project, "agent_interval_changed", name);
}

/**
 * Mutes an agent, or ends its muting.
 *
 * @param until - Unix ms; null for "not muted".
 * @throws `not_found` if there is no such agent; `invalid` if the time has passed or is too far ahead.
 */
export async function muteAgent(
  ctx: MutationCtx,
  user: Doc<"users">,
  project: Doc<"projects">,
  name: string,
  until: number | null,
): Promise<void> {
  const now = Date.now();
  const agent = await requireAgent(ctx, project._id, name);
  if (until !== null && !(until > now && until <= now + LONGEST_MUTE_MS)) {
    throw rejection("invalid", "Choose a time in the next 366 days.");
  }
  const mutedUntil = until ?? undefined;
  if (mutedUntil === agent.mutedUntil) return;
  await changeAgents(ctx, [agent], { mutedUntil }, now);
  // Pages know from their clock when muting ends; the summary of the project has to be told.
  if (until !== null) {
    await ctx.scheduler.runAt(until, internal.compaction.summarize, { projectId: project._id });
  }
  await record(ctx, user, project, until === null ? "agent_unmuted" : "agent_muted", name);
}

/**
 * Retires an agent. Retiring it again changes nothing.
 *
 * @throws `not_found` if there is no such agent.
 */
export async function retireAgent(
  ctx: MutationCtx,
  user: Doc<"users">,
  project: Doc<"projects">,
  name: string,
): Promise<void> {
  const agent = await requireAgent(ctx, project._id, name);
  if (agent.retiredAt !== undefined) return;
  const now = Date.now();
  await changeAgents(ctx, [agent], { retiredAt: now }, now);
  await record(ctx, user, project, "agent_retired", name);
}

async function record(
  ctx: MutationCtx,
  user: Doc<"users">,
  project: Doc<"projects">,
  event: AuditEvent,
  agent: string,
): Promise<void> {
  await recordEvent(ctx, project.ownerId, event, { actorId: user._id, target: agent });
}

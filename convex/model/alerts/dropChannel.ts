/** Removal of channels, and of messages that will not be sent. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { waitingIn } from "./outbox.ts";

const MOST_STOPPED = 200;

/** Removes a channel and stops its messages. */
export async function dropChannel(ctx: MutationCtx, { _id }: Doc<"alertChannels">): Promise<void> {
  for (const delivery of await waitingIn(ctx, _id)) await stopDelivery(ctx, delivery);
  await ctx.db.delete("alertChannels", _id);
}

/** Marks a message as not sent. It does not count towards the limit of its channel. */
export async function stopDelivery(ctx: MutationCtx, { _id }: Doc<"alertDeliveries">): Promise<void> {
  await ctx.db.patch("alertDeliveries", _id, {
    status: "failed",
    outcome: "stopped",
    nextAttemptAt: undefined,
    senderId: undefined,
    after: undefined,
  });
}

/**
 * Stops messages of an archived project.
 *
 * @returns Whether more may be waiting.
 */
export async function stopDeliveries(ctx: MutationCtx, projectId: Id<"projects">): Promise<boolean> {
  const waiting = await ctx.db
    .query("alertDeliveries")
    .withIndex("by_project_status", (q) => q.eq("projectId", projectId).eq("status", "waiting"))
    .take(MOST_STOPPED);
  for (const delivery of waiting) await stopDelivery(ctx, delivery);
  return waiting.length === MOST_STOPPED;
}

/** Email channels follow their user: removed when the user may not receive messages, moved with the address. */
import type { Doc, Id } from "../../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../../_generated/server";
import { dropChannel } from "./dropChannel.ts";

/** Returns an email address as a channel stores it. Every member may see the label. */
export function emailAddress(email: string): { address: string; label: string } {
  return { address: email, label: email.slice(email.lastIndexOf("@") + 1) };
}

/** Removes the email channels of a user, in one project or in all. */
export async function dropEmailChannels(
  ctx: MutationCtx,
  userId: Id<"users">,
  projectId?: Id<"projects">,
): Promise<void> {
  for (const channel of await channelsOfUser(ctx, userId, projectId)) await dropChannel(ctx, channel);
}

/** Gives the email channels of a user the user's new address. */
export async function moveEmailChannels(ctx: MutationCtx, userId: Id<"users">, email: string): Promise<void> {
  for (const { _id } of await channelsOfUser(ctx, userId)) {
    await ctx.db.patch("alertChannels", _id, emailAddress(email));
  }
}

async function channelsOfUser(
  ctx: QueryCtx,
  userId: Id<"users">,
  projectId?: Id<"projects">,
): Promise<Doc<"alertChannels">[]> {
  return await ctx.db
    .query("alertChannels")
    .withIndex("by_user", (q) =>
      projectId === undefined ? q.eq("userId", userId) : q.eq("userId", userId).eq("projectId", projectId),
    )
    .collect();
}

/** Alert channels of a project: listed for its members, managed by its owner and admins. */
import { v } from "convex/values";
import { viewerMutation, viewerQuery } from "./functions.ts";
import {
  createChannel,
  listChannels,
  listedChannelShape,
  removeChannel,
  sendTest,
} from "./model/alerts/channels.ts";
import { channelKindShape } from "./model/alerts/tables.ts";
import { requireManagedProject, requireProject } from "./model/projects.ts";
import { mayManageProject } from "./model/roles.ts";

const ofProject = { projectId: v.string() };

/** Returns the channels, oldest first. */
export const list = viewerQuery({
  args: ofProject,
  returns: v.array(listedChannelShape),
  handler: async (ctx, { projectId }) => {
    const { project, membership } = await requireProject(ctx, ctx.user, projectId);
    return await listChannels(ctx, project._id, mayManageProject(ctx.user.role, membership));
  },
});

/**
 * Creates a channel. Only this response contains the secret of a webhook. Calls with the same random value
 * `once` and the same address create one channel, and return the same.
 */
export const create = viewerMutation({
  args: { ...ofProject, kind: channelKindShape, address: v.string(), once: v.optional(v.string()) },
  returns: v.object({ channelId: v.id("alertChannels"), secret: v.union(v.string(), v.null()) }),
  handler: async (ctx, { projectId, ...options }) => {
    const project = await requireManagedProject(ctx, ctx.user, projectId);
    return await createChannel(ctx, ctx.user, project, options);
  },
});

/** Removes a channel and stops its messages. */
export const remove = viewerMutation({
  args: { channelId: v.string() },
  returns: v.null(),
  handler: async (ctx, { channelId }) => {
    await removeChannel(ctx, ctx.user, channelId);
    return null;
  },
});

/** Sends a test to each channel, one for calls with the same random value `once`. Returns the deliveries. */
export const test = viewerMutation({
  args: { ...ofProject, once: v.optional(v.string()) },
  returns: v.array(v.id("alertDeliveries")),
  handler: async (ctx, { projectId, once }) =>
    await sendTest(ctx, ctx.user, await requireManagedProject(ctx, ctx.user, projectId), once),
});

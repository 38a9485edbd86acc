/** Deliveries of alert messages, for the members of their projects. */
import { paginationResultValidator } from "convex/server";
import { v } from "convex/values";
import { viewerListQuery } from "./functions.ts";
import { deliveryShape, listDeliveries } from "./model/alerts/deliveries.ts";
import { requireProject } from "./model/projects.ts";

/** Returns the deliveries of a project, newest first. */
export const list = viewerListQuery({
  args: { projectId: v.string() },
  returns: paginationResultValidator(deliveryShape),
  handler: async (ctx, { projectId, paginationOpts }) => {
    const { project } = await requireProject(ctx, ctx.user, projectId);
    return await listDeliveries(ctx, project._id, paginationOpts);
  },
});

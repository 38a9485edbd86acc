/** API keys of a project, for its owner and admins. */
import { v } from "convex/values";
import { viewerMutation, viewerQuery } from "./functions.ts";
import { rejectImpersonator } from "./model/identity.ts";
import { scopeShape } from "./model/keyScopes.ts";
import { createKey, keysOf, listedKeyShape, revokeKey } from "./model/keys.ts";
import { requireManagedProject, requireOwnProject } from "./model/projects.ts";

/**
 * Creates an API key. Only this response contains the key itself. Calls with the same random value `once` and
 * the same other values create one key, and return the same.
 */
export const create = viewerMutation({
  args: {
    projectId: v.string(),
    name: v.string(),
    scope: v.optional(scopeShape),
    expiresAt: v.optional(v.number()),
    once: v.optional(v.string()),
  },
  returns: v.object({ keyId: v.id("projectKeys"), key: v.string() }),
  handler: async (ctx, { projectId, ...options }) => {
    const project = await requireManagedProject(ctx, ctx.user, projectId);
    rejectImpersonator(ctx.caller);
    return await createKey(ctx, ctx.user, project, options);
  },
});

export const list = viewerQuery({
  args: { projectId: v.string() },
  returns: v.array(listedKeyShape),
  handler: async (ctx, { projectId }) => {
    const project = await requireOwnProject(ctx, ctx.user, projectId);
    return await keysOf(ctx, project._id);
  },
});

export const revoke = viewerMutation({
  args: { keyId: v.string() },
  returns: v.null(),
  handler: async (ctx, { keyId }) => {
    await revokeKey(ctx, ctx.user, keyId);
    return null;
  },
});

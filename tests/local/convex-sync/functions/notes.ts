/** Notes in lists: something to read by range, to write, to page through, and to do wrong. */
import { actionGeneric, mutationGeneric, paginationOptsValidator, queryGeneric } from "convex/server";
import { ConvexError, v } from "convex/values";

export const all = queryGeneric({
  args: { list: v.string() },
  handler: async (ctx, { list }) => {
    const notes = await ctx.db
      .query("notes")
      .withIndex("by_list", (q) => q.eq("list", list))
      .collect();
    return notes.map(({ value }) => value as number);
  },
});

export const page = queryGeneric({
  args: { list: v.string(), paginationOpts: paginationOptsValidator },
  handler: (ctx, { list, paginationOpts }) =>
    ctx.db
      .query("notes")
      .withIndex("by_list", (q) => q.eq("list", list))
      .paginate(paginationOpts),
});

export const add = mutationGeneric({
  args: { list: v.string(), value: v.number() },
  handler: async (ctx, note) => {
    await ctx.db.insert("notes", note);
    return null;
  },
});

export const refuse = mutationGeneric({
  args: {},
  handler: async () => {
    throw new ConvexError({ code: "forbidden", message: "No." });
  },
});

export const me = queryGeneric({ args: {}, handler: (ctx) => ctx.auth.getUserIdentity() });

export const loop = queryGeneric({
  args: {},
  handler: async () => {
    for (;;);
  },
});

export const twice = actionGeneric({
  args: { list: v.string(), value: v.number() },
  handler: async (ctx, note) => {
    const add = "notes:add" as never;
    await ctx.runMutation(add, note as never);
    await ctx.runMutation(add, note as never);
    return "done";
  },
});

export const uploadUrl = mutationGeneric({ args: {}, handler: (ctx) => ctx.storage.generateUploadUrl() });

export const fileUrl = queryGeneric({
  args: { id: v.id("_storage") },
  handler: (ctx, { id }) => ctx.storage.getUrl(id),
});

/** Functions that schedule others, and those that they schedule. */
import {
  actionGeneric as action,
  internalActionGeneric as internalAction,
  internalMutationGeneric as internalMutation,
  makeFunctionReference,
  mutationGeneric as mutation,
  queryGeneric as query,
} from "convex/server";
import { v } from "convex/values";

const mark = makeFunctionReference<"mutation", { name: string }>("jobs:mark");
const slow = makeFunctionReference<"action", { name: string; ms: number }>("jobs:slow");
const failing = makeFunctionReference<"mutation", Record<string, never>>("jobs:failing");

export const marks = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("marks").collect()).map((row) => row.name),
});

export const scheduled = query({
  args: {},
  handler: (ctx) => ctx.db.system.query("_scheduled_functions").collect(),
});

export const scheduledOne = query({
  args: { id: v.id("_scheduled_functions") },
  handler: (ctx, { id }) => ctx.db.system.get(id),
});

export { markMutation as mark };

const markMutation = internalMutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.db.insert("marks", { name, at: Date.now() });
  },
});

export const later = mutation({
  args: { name: v.string(), ms: v.number() },
  handler: (ctx, { name, ms }) => ctx.scheduler.runAfter(ms, mark, { name }),
});

export const laterThenThrow = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.scheduler.runAfter(0, mark, { name });
    throw new Error("after scheduling");
  },
});

export const laterThenCancel = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    const id = await ctx.scheduler.runAfter(0, mark, { name });
    await ctx.scheduler.cancel(id);
    return id;
  },
});

export const laterSlow = mutation({
  args: { name: v.string(), ms: v.number() },
  handler: (ctx, args) => ctx.scheduler.runAt(Date.now(), slow, args),
});

export const laterFailing = mutation({ args: {}, handler: (ctx) => ctx.scheduler.runAfter(0, failing, {}) });

export const laterFromAction = action({
  args: { name: v.string() },
  handler: (ctx, { name }) => ctx.scheduler.runAfter(0, mark, { name }),
});

export const cancel = mutation({
  args: { id: v.id("_scheduled_functions") },
  handler: (ctx, { id }) => ctx.scheduler.cancel(id),
});

export { slowAction as slow };

const slowAction = internalAction({
  args: { name: v.string(), ms: v.number() },
  handler: async (ctx, { name, ms }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    await ctx.runMutation(mark, { name });
  },
});

export { failingMutation as failing };

const failingMutation = internalMutation({
  args: {},
  handler: async (ctx) => {
    await ctx.db.insert("marks", { name: "never", at: 0 });
    throw new Error("on purpose");
  },
});

/** The app's use of its component: calls into it, and a handle for it to call back. */
import {
  componentsGeneric,
  createFunctionHandle,
  type FunctionReference,
  makeFunctionReference,
} from "convex/server";
import { v } from "convex/values";
import { mutation, query } from "./server.ts";

type Counts = {
  add: FunctionReference<"mutation", "internal", { name: string; callback?: string }, number>;
  addThenThrow: FunctionReference<"mutation", "internal", { name: string }, null>;
  get: FunctionReference<"query", "internal", { name: string }, { count: number | null }>;
};
const components = componentsGeneric() as unknown as { tally: { counts: Counts }; other: { counts: Counts } };
const addBook = makeFunctionReference<"mutation">("books:add");

export const count = mutation({
  args: { name: v.string() },
  handler: (ctx, { name }) => ctx.runMutation(components.tally.counts.add, { name }),
});

export const countBack = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) =>
    ctx.runMutation(components.tally.counts.add, { name, callback: await createFunctionHandle(addBook) }),
});

export const countFailing = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.runMutation(components.other.counts.add, { name });
    try {
      await ctx.runMutation(components.tally.counts.addThenThrow, { name });
    } catch (error) {
      return String(error);
    }
    return null;
  },
});

export const counts = query({
  args: { name: v.string() },
  handler: async (ctx, { name }) => ({
    tally: await ctx.runQuery(components.tally.counts.get, { name }),
    other: await ctx.runQuery(components.other.counts.get, { name }),
    here: process.env.SECRET ?? null,
  }),
});

/** What the component lets others do; it calls back where it is given a handle. */
import {
  type DataModelFromSchemaDefinition,
  type FunctionHandle,
  type MutationBuilder,
  mutationGeneric,
  type QueryBuilder,
  queryGeneric,
} from "convex/server";
import { v } from "convex/values";
import type schema from "./schema.ts";

type DataModel = DataModelFromSchemaDefinition<typeof schema>;
const query: QueryBuilder<DataModel, "public"> = queryGeneric;
const mutation: MutationBuilder<DataModel, "public"> = mutationGeneric;

const start = Number(process.env.START);

export const add = mutation({
  args: { name: v.string(), callback: v.optional(v.string()) },
  handler: async (ctx, { name, callback }) => {
    const row = await ctx.db
      .query("books")
      .withIndex("by_name", (q) => q.eq("name", name))
      .unique();
    const count = (row?.count ?? start) + 1;
    if (row) await ctx.db.patch(row._id, { count });
    else await ctx.db.insert("books", { name, count });
    if (callback !== undefined) {
      await ctx.runMutation(callback as FunctionHandle<"mutation">, {
        title: `${name} ${count}`,
        shelf: "counted",
      });
    }
    return count;
  },
});

export const addThenThrow = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.db.insert("books", { name, count: 1000 });
    throw new Error("in the component");
  },
});

export const get = query({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    const row = await ctx.db
      .query("books")
      .withIndex("by_name", (q) => q.eq("name", name))
      .unique();
    return {
      count: row?.count ?? null,
      start: process.env.START,
      path: process.env.SECRET ?? null,
      who: await ctx.auth.getUserIdentity(),
    };
  },
});

/**
 * What convex-helpers builds on the database, each in one function. In JavaScript, which is a backend's right, and keeps
 * the sources that convex-helpers brings as types away from this project's stricter compiler.
 */
import { mutationGeneric, paginationOptsValidator, queryGeneric as query } from "convex/server";
import { v } from "convex/values";
import { customCtx, customMutation } from "convex-helpers/server/customFunctions";
import { paginator } from "convex-helpers/server/pagination";
import { getManyFrom, getOneFromOrThrow } from "convex-helpers/server/relationships";
import { mergedStream, stream } from "convex-helpers/server/stream";
import { Triggers } from "convex-helpers/server/triggers";
import schema from "./schema.ts";

const triggers = new Triggers();
triggers.register("people", async (ctx, { newDoc, oldDoc }) => {
  if (newDoc?.name === "nobody") throw new Error("nobody is no name");
  for (const [team, step] of [
    [oldDoc?.team, -1],
    [newDoc?.team, 1],
  ]) {
    const found = team && (await ctx.db.get(team));
    if (found) await ctx.db.patch(found._id, { size: found.size + step });
  }
});
const mutation = customMutation(mutationGeneric, customCtx(triggers.wrapDB));

export const fill = mutation({
  args: { count: v.number() },
  handler: async (ctx, { count }) => {
    const team = await ctx.db.insert("teams", { name: "odd", size: 0 });
    for (let i = 0; i < count; i++)
      await ctx.db.insert("people", { name: `p${i}`, ...(i % 2 ? { team } : {}) });
    return team;
  },
});

export const add = mutation({
  args: { name: v.string() },
  handler: (ctx, { name }) => ctx.db.insert("people", { name }),
});

export const team = query({
  args: { team: v.id("teams") },
  handler: async (ctx, { team }) => ({
    size: (await ctx.db.get(team))?.size,
    people: (await getManyFrom(ctx.db, "people", "team", team)).length,
    third: (await getOneFromOrThrow(ctx.db, "people", "by_name", "p3", "name")).name,
  }),
});

/** The first and the last names, as one ordered stream. */
export const ends = query({
  args: { paginationOpts: paginationOptsValidator },
  handler: async (ctx, { paginationOpts }) => {
    const people = () => stream(ctx.db, schema).query("people");
    const first = people().withIndex("by_name", (q) => q.lt("name", "p3"));
    const last = people().withIndex("by_name", (q) => q.gte("name", "p7"));
    const { page, continueCursor, isDone } = await mergedStream([first, last], ["name"]).paginate(
      paginationOpts,
    );
    return { page: page.map(({ name }) => name), continueCursor, isDone };
  },
});

/** Two paginated queries in one function, which Convex's own `paginate` does not allow. */
export const twoPages = query({
  args: { cursor: v.union(v.string(), v.null()) },
  handler: async (ctx, { cursor }) => {
    const read = (order) =>
      paginator(ctx.db, schema)
        .query("people")
        .withIndex("by_name")
        .order(order)
        .paginate({ cursor, numItems: 2 });
    return [await read("asc"), await read("desc")].map(({ page }) => page.map(({ name }) => name));
  },
});

/** A search index, also inside the transaction that writes. */
import { v } from "convex/values";
import { mutation, query } from "./server.ts";

export const add = mutation({
  args: { title: v.string(), shelf: v.string() },
  handler: (ctx, args) => ctx.db.insert("books", args),
});

export const retitle = mutation({
  args: { id: v.id("books"), title: v.string() },
  handler: (ctx, { id, title }) => ctx.db.patch(id, { title }),
});

export const search = query({
  args: { words: v.string(), shelf: v.optional(v.string()) },
  handler: async (ctx, { words, shelf }) => {
    const found = await ctx.db
      .query("books")
      .withSearchIndex("by_title", (q) => {
        const search = q.search("title", words);
        return shelf === undefined ? search : search.eq("shelf", shelf);
      })
      .take(10);
    return found.map(({ title }) => title);
  },
});

export const addAndSearch = mutation({
  args: { title: v.string() },
  handler: async (ctx, { title }) => {
    const id = await ctx.db.insert("books", { title, shelf: "new" });
    const found = await ctx.db
      .query("books")
      .withSearchIndex("by_title", (q) => q.search("title", title))
      .collect();
    await ctx.db.delete(id);
    return found.length;
  },
});

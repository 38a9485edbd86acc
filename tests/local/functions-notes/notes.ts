/** Functions over notes, good ones and ones that misbehave. */
import { makeFunctionReference, paginationOptsValidator } from "convex/server";
import { ConvexError, v } from "convex/values";
import { action, internalMutation, mutation, query } from "./server.ts";

export const add = mutation({
  args: { folder: v.string(), text: v.string(), stars: v.optional(v.number()) },
  returns: v.id("notes"),
  handler: (ctx, args) => ctx.db.insert("notes", args),
});

/** `count` notes, a hundred in each folder, numbered from `first`. */
export const addMany = mutation({
  args: { first: v.number(), count: v.number() },
  handler: async (ctx, { first, count }) => {
    for (let i = first; i < first + count; i++) {
      await ctx.db.insert("notes", {
        folder: `folder ${Math.floor(i / 100)}`,
        text: `note ${i} `.repeat(10),
        stars: i % 100,
      });
    }
  },
});

export const list = query({
  args: { folder: v.string() },
  handler: (ctx, { folder }) =>
    ctx.db
      .query("notes")
      .withIndex("by_folder", (q) => q.eq("folder", folder))
      .collect(),
});

export const best = query({
  args: { folder: v.string(), atLeast: v.number(), count: v.number() },
  handler: (ctx, { folder, atLeast, count }) =>
    ctx.db
      .query("notes")
      .withIndex("by_folder_stars", (q) => q.eq("folder", folder).gte("stars", atLeast))
      .order("desc")
      .take(count),
});

export const page = query({
  args: { folder: v.string(), paginationOpts: paginationOptsValidator },
  handler: (ctx, { folder, paginationOpts }) =>
    ctx.db
      .query("notes")
      .withIndex("by_folder", (q) => q.eq("folder", folder))
      .paginate(paginationOpts),
});

export const get = query({ args: { id: v.id("notes") }, handler: (ctx, { id }) => ctx.db.get(id) });

export const star = mutation({
  args: { id: v.id("notes"), stars: v.optional(v.number()) },
  handler: (ctx, { id, stars }) => ctx.db.patch(id, { stars }),
});

/** Reads, waits for something that is no syscall, and writes what it read and one more. */
export const starOnceMore = mutation({
  args: { id: v.id("notes") },
  handler: async (ctx, { id }) => {
    const stars = (await ctx.db.get(id))?.stars ?? 0;
    await crypto.subtle.digest("SHA-256", new Uint8Array(8));
    await ctx.db.patch(id, { stars: stars + 1 });
  },
});

export const remove = mutation({ args: { id: v.id("notes") }, handler: (ctx, { id }) => ctx.db.delete(id) });

/** Writes what the schema does not take. */
export const addWrong = mutation({
  args: {},
  handler: (ctx) => ctx.db.insert("notes", { folder: "a", text: 1 as unknown as string }),
});

export const addThenThrow = mutation({
  args: { folder: v.string() },
  handler: async (ctx, { folder }) => {
    await ctx.db.insert("notes", { folder, text: "never" });
    throw new ConvexError({ code: "no", at: [1n, null] });
  },
});

/** The inner mutation fails and is undone, the outer goes on. */
export const addAround = mutation({
  args: { folder: v.string() },
  handler: async (ctx, { folder }) => {
    await ctx.db.insert("notes", { folder, text: "before" });
    try {
      await ctx.runMutation(makeFunctionReference<"mutation">("notes:addThenThrow"), { folder });
    } catch (error) {
      if (!(error instanceof ConvexError)) throw error;
      await ctx.db.insert("notes", { folder, text: JSON.stringify(error.data.code) });
    }
    return (await ctx.runQuery(makeFunctionReference<"query">("notes:list"), { folder })).length;
  },
});

/** Writes beside a nested mutation that is undone. */
export const addBeside = mutation({
  args: { folder: v.string() },
  handler: async (ctx, { folder }) => {
    const inner = makeFunctionReference<"mutation">("notes:addThenThrow");
    const [nested] = await Promise.allSettled([
      ctx.runMutation(inner, { folder }),
      ctx.db.insert("notes", { folder, text: "beside" }),
      ctx.runMutation(inner, { folder }),
    ]);
    return nested.status;
  },
});

export const secret = internalMutation({ args: {}, handler: () => "inside" });

export const fail = query({
  args: {},
  handler: () => {
    throw new Error("on purpose");
  },
});

export const clock = query({
  args: {},
  handler: async () => {
    const first = Date.now();
    await crypto.subtle.digest("SHA-256", new Uint8Array(8));
    // biome-ignore lint/suspicious/noConsole: what the console says is what is tested
    console.log("the clock", { first });
    return {
      same: first === Date.now() && new Date().toISOString() === new Date(first).toISOString(),
      first,
      chance: Math.random(),
    };
  },
});

export const who = query({ args: {}, handler: (ctx) => ctx.auth.getUserIdentity() });

export const environment = query({
  args: { name: v.string() },
  handler: (_ctx, { name }) => process.env[name] ?? null,
});

/** Adds a note from an action, through a mutation, and reads it back. */
export const addFromAction = action({
  args: { folder: v.string() },
  handler: async (ctx, { folder }) => {
    await ctx.runMutation(makeFunctionReference<"mutation">("notes:add"), { folder, text: "from an action" });
    const notes = await ctx.runQuery(makeFunctionReference<"query">("notes:list"), { folder });
    return notes.map((note: { text: string }) => note.text);
  },
});

export const loopAtOnce = query({
  args: {},
  handler: () => {
    for (;;);
  },
});

export const loopAtOnceInMutation = mutation({
  args: {},
  handler: () => {
    for (;;);
  },
});

export const loopAfterAwait = mutation({
  args: { folder: v.string() },
  handler: async (ctx, { folder }) => {
    await ctx.db.insert("notes", { folder, text: "never" });
    await crypto.subtle.digest("SHA-256", new Uint8Array(8));
    for (;;);
  },
});

/** Loops after another function that it called, and after others that ran meanwhile. */
export const loopAfterCalls = mutation({
  args: { folder: v.string() },
  handler: async (ctx, { folder }) => {
    await ctx.runQuery(makeFunctionReference<"query">("notes:list"), { folder });
    for (let i = 0; i < 50; i++) await crypto.subtle.digest("SHA-256", new Uint8Array(1 << 16));
    for (;;);
  },
});

export const neverEnds = mutation({ args: {}, handler: () => new Promise(() => {}) });

/** Leaves a promise lying about that is rejected later. */
export const messy = mutation({
  args: {},
  handler: () => {
    void crypto.subtle.digest("SHA-256", new Uint8Array(8)).then(() => {
      throw new Error("left behind");
    });
    return null;
  },
});

/** Takes a moment that is no syscall, so that other calls come in between. */
export const slowList = query({
  args: { folder: v.string() },
  handler: async (ctx, { folder }) => {
    const notes = () =>
      ctx.db
        .query("notes")
        .withIndex("by_folder", (q) => q.eq("folder", folder))
        .collect();
    const before = (await notes()).length;
    for (let i = 0; i < 200; i++) await crypto.subtle.digest("SHA-256", new Uint8Array(1 << 16));
    return [before, (await notes()).length];
  },
});

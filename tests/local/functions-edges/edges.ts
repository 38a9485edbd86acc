/** Values, ids and calls at the edge of what is allowed, and beyond it. */
import { makeFunctionReference } from "convex/server";
import { type Value, v } from "convex/values";
import { mutation, query } from "./server.ts";

export const put = mutation({
  args: { content: v.optional(v.any()) },
  handler: async (ctx, args) => (await ctx.db.get(await ctx.db.insert("boxes", args)))?.content ?? null,
});

export const putOther = mutation({ args: {}, handler: (ctx) => ctx.db.insert("others", {}) });

/** Values that cannot be sent are made here. */
export const putOdd = mutation({
  args: { kind: v.string() },
  handler: async (ctx, { kind }) => {
    const nest = (depth: number): Value => (depth === 0 ? null : [nest(depth - 1)]);
    const odd: Record<string, () => unknown> = {
      date: () => new Date(0),
      map: () => new Map(),
      function: () => () => {},
      bigBigint: () => 2n ** 63n,
      dollar: () => ({ $a: 1 }),
      unicodeField: () => ({ ä: 1 }),
      deep: () => nest(70),
      long: () => new Array(8193).fill(0),
      wide: () => Object.fromEntries(Array.from({ length: 1025 }, (_, i) => [`f${i}`, i])),
      large: () => "x".repeat((1 << 20) + 1),
      undefinedInArray: () => [undefined],
    };
    return await ctx.db.insert("boxes", { content: odd[kind]?.() });
  },
});

export const getAny = query({ args: { id: v.string() }, handler: (ctx, { id }) => ctx.db.get(id as never) });

export const getFrom = query({
  args: { table: v.string(), id: v.string() },
  handler: (ctx, { table, id }) => ctx.db.get(table as "boxes", id as never),
});

export const normalize = query({
  args: { id: v.string() },
  handler: (ctx, { id }) => [
    ctx.db.normalizeId("boxes", id),
    ctx.db.normalizeId("others", id),
    ctx.db.normalizeId("nothing" as "boxes", id),
  ],
});

export const writeInQuery = query({
  args: {},
  handler: (ctx) => (ctx.db as unknown as { insert?: unknown }).insert === undefined,
});

export const fetchInQuery = query({ args: {}, handler: () => fetch("http://127.0.0.1:1/") });
export const timerInMutation = mutation({ args: {}, handler: () => void setTimeout(() => {}, 1) });

export const wrongIndex = query({
  args: {},
  handler: (ctx) =>
    ctx.db
      .query("boxes")
      .withIndex("by_nothing" as "by_content", (q) => q.eq("content", 1))
      .collect(),
});

export const uniqueOfMany = query({ args: {}, handler: (ctx) => ctx.db.query("boxes").unique() });

export const twoPages = query({
  args: {},
  handler: async (ctx) => {
    await ctx.db.query("boxes").paginate({ numItems: 1, cursor: null });
    await ctx.db.query("boxes").paginate({ numItems: 1, cursor: null });
  },
});

export const wrongResult = query({ args: {}, returns: v.string(), handler: () => 1 as unknown as string });
export const noResult = query({ args: {}, handler: () => undefined });

export const forever = query({
  args: {},
  handler: async (ctx): Promise<number> =>
    (await ctx.runQuery(makeFunctionReference<"query", Record<string, never>, number>("edges:forever"), {})) +
    1,
});

export const readTooMuch = query({
  args: {},
  handler: async (ctx) => {
    for (let i = 0; i < 5000; i++) await ctx.db.query("others").withIndex("by_id").first();
  },
});

export const iterate = query({
  args: { stopAfter: v.number() },
  handler: async (ctx, { stopAfter }) => {
    let seen = 0;
    for await (const _box of ctx.db.query("boxes").order("desc")) if (++seen >= stopAfter) break;
    return seen;
  },
});

export const commit = mutation({
  args: { name: v.string() },
  handler: async (ctx, { name }) => {
    await ctx.db.insert("commits", { name, at: ctx.db.vars.commitTs });
    return { at: ctx.db.vars.commitTs };
  },
});

export const commits = query({
  args: {},
  handler: async (ctx) =>
    (await ctx.db.query("commits").withIndex("by_at").collect()).map(({ name, at }) => ({ name, at })),
});

export const staleSnapshot = mutation({
  args: {},
  handler: async (ctx) => {
    const count = makeFunctionReference<"query", Record<string, never>, number>("edges:countOthers");
    const before = await ctx.runQuery(count, {});
    await ctx.db.insert("others", {});
    const options = { useStaleSnapshot: true } as never;
    return [(await ctx.runQuery(count, {})) - before, (await ctx.runQuery(count, {}, options)) - before];
  },
});

export const countOthers = query({
  args: {},
  handler: async (ctx) => (await ctx.db.query("others").collect()).length,
});

export const metadata = mutation({
  args: {},
  handler: async (ctx) => {
    const { meta } = ctx;
    await ctx.db.insert("others", {});
    const { documentsWritten } = await meta.getTransactionMetrics();
    return { written: documentsWritten.used, name: (await meta.getFunctionMetadata()).name };
  },
});

/** Loses the promise of its last write. */
export const writesLater = mutation({
  args: {},
  handler: (ctx) => {
    void crypto.subtle.digest("SHA-256", new Uint8Array(1)).then(() => ctx.db.insert("others", {}));
    return null;
  },
});

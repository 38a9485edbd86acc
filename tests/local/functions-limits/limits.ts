/** The rate limiter as an app uses it: buckets and windows, one key each, one value in several shards. */
import { HOUR, MINUTE, RateLimiter } from "@convex-dev/rate-limiter";
import { componentsGeneric, mutationGeneric as mutation, queryGeneric as query } from "convex/server";
import { v } from "convex/values";

const { rateLimiter } = componentsGeneric() as unknown as {
  rateLimiter: ConstructorParameters<typeof RateLimiter>[0];
};
const limiter = new RateLimiter(rateLimiter, {
  send: { kind: "token bucket", rate: 3, period: MINUTE, capacity: 3 },
  window: { kind: "fixed window", rate: 2, period: HOUR },
  busy: { kind: "token bucket", rate: 1000, period: MINUTE, shards: 4 },
});
const name = v.union(v.literal("send"), v.literal("window"), v.literal("busy"));

export const take = mutation({
  args: { name, key: v.string() },
  handler: async (ctx, { name, key }) => (await limiter.limit(ctx, name, { key })).ok,
});

export const check = query({
  args: { key: v.string() },
  handler: async (ctx, { key }) => (await limiter.check(ctx, "send", { key })).ok,
});

export const reset = mutation({
  args: { key: v.string() },
  handler: (ctx, { key }) => limiter.reset(ctx, "send", { key }),
});

export const takeOrThrow = mutation({
  args: { key: v.string() },
  handler: async (ctx, { key }) => {
    await limiter.limit(ctx, "send", { key, throws: true });
  },
});

/** Takes one and fails: the one is given back with everything else. */
export const takeAndFail = mutation({
  args: { key: v.string() },
  handler: async (ctx, { key }) => {
    await limiter.limit(ctx, "send", { key });
    throw new Error("after taking one");
  },
});

/** Rate limits, counted by Convex's rate limiter component. A call that fails is not counted. */
import { RateLimiter } from "@convex-dev/rate-limiter";
import type { ComponentApi } from "@convex-dev/rate-limiter/_generated/component.js";
import { componentsGeneric } from "convex/server";
import type { Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";
import { HOUR_MS, MINUTE_MS } from "./intervals.ts";
import { rejection } from "./rejection.ts";

const MUTATIONS_A_MINUTE = 600;
const INVITES_AN_HOUR = 20; // agents:line
const TESTS_A_MINUTE = 10; // agents:line

/**
 * Addressed by name, because the generated `components` exists only with a deployment, and a build must not
 * depend on one.
 */
const components = componentsGeneric() as unknown as { rateLimiter: ComponentApi<"rateLimiter"> };
const limiter = new RateLimiter(components.rateLimiter);

/**
 * Counts a mutation of a user.
 *
 * @throws `rate_limited` after 600 in a minute.
 */
export async function countMutation(ctx: MutationCtx, userId: Id<"users">): Promise<void> {
  const message = "You made too many changes. Wait a minute, then try again.";
  await count(ctx, { name: "mutations", key: userId, rate: MUTATIONS_A_MINUTE, period: MINUTE_MS, message });
}

// agents:start
/**
 * Counts an invitation that a user sends.
 *
 * @throws `rate_limited` after 20 in an hour.
 */
export async function countInvite(ctx: MutationCtx, userId: Id<"users">): Promise<void> {
  const message = `You can invite ${INVITES_AN_HOUR} people an hour. Try again later.`;
  await count(ctx, { name: "invites", key: userId, rate: INVITES_AN_HOUR, period: HOUR_MS, message });
}

/**
 * Counts a test of a project's alert channels.
 *
 * @throws `rate_limited` after 10 in a minute.
 */
export async function countTest(ctx: MutationCtx, projectId: Id<"projects">): Promise<void> {
  const message = `Send at most ${TESTS_A_MINUTE} tests a minute. Try again in a minute.`;
  await count(ctx, { name: "tests", key: projectId, rate: TESTS_A_MINUTE, period: MINUTE_MS, message });
}
// agents:end

type Count = { name: string; key: string; rate: number; period: number; message: string };

async function count(ctx: MutationCtx, { name, key, rate, period, message }: Count): Promise<void> {
  // The first window of a key begins with the first call.
  const config = { kind: "fixed window", rate, period, start: Date.now() } as const;
  const { ok } = await limiter.limit(ctx, name, { key, config });
  if (!ok) throw rejection("rate_limited", message);
}

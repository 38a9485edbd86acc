/** Rate limit of ingestion: 600 requests per API key in a minute that starts with the first request. */
import { RateLimiter } from "@convex-dev/rate-limiter";
import type { ComponentApi } from "@convex-dev/rate-limiter/_generated/component.js";
import { componentsGeneric } from "convex/server";
import type { Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";

const MOST_REQUESTS = 600;
const WINDOW_MS = 60_000;
const NAME = "ingestion";

/**
 * Addressed by name, because the generated `components` exists only with a deployment, and a build must not
 * need one.
 */
const components = componentsGeneric() as unknown as { rateLimiter: ComponentApi<"rateLimiter"> };
const limiter = new RateLimiter(components.rateLimiter);

/** Counts a request of an API key. `retryAfterMs` is the time until the next window starts. */
export async function takeTurn(
  ctx: MutationCtx,
  keyId: Id<"projectKeys">,
): Promise<{ ok: true } | { ok: false; retryAfterMs: number }> {
  const now = Date.now();
  const config = { kind: "fixed window" as const, rate: MOST_REQUESTS, period: WINDOW_MS, start: now };
  // The component's windows are adjacent, so a burst across a boundary could pass twice the limit. Resetting
  // starts a new window at the next request.
  const last = await limiter.getValue(ctx, NAME, { key: keyId, config });
  if (last.ts > 0 && now >= last.ts + WINDOW_MS) await forgetTurns(ctx, keyId);
  const turn = await limiter.limit(ctx, NAME, { key: keyId, config });
  return turn.ok ? { ok: true } : { ok: false, retryAfterMs: turn.retryAfter };
}

/** Resets the count of an API key, for a new window or a deleted key. */
export async function forgetTurns(ctx: MutationCtx, keyId: Id<"projectKeys">): Promise<void> {
  await limiter.reset(ctx, NAME, { key: keyId });
}

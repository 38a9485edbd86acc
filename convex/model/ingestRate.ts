/** How often a key may send: 600 times in a minute that begins with its first request. Counted by Convex's own component. */
import { RateLimiter } from "@convex-dev/rate-limiter";
import type { ComponentApi } from "@convex-dev/rate-limiter/_generated/component.js";
import { componentsGeneric } from "convex/server";
import type { Id } from "../_generated/dataModel";
import type { MutationCtx } from "../_generated/server";

const MOST_REQUESTS = 600;
const WINDOW_MS = 60_000;
const NAME = "ingestion";

/** By name: the generated `components` is only made where a deployment answers, and nobody should need one to build. */
const components = componentsGeneric() as unknown as { rateLimiter: ComponentApi<"rateLimiter"> };
const limiter = new RateLimiter(components.rateLimiter);

/** Counts a request of this key; `retryAfterMs` says when the next minute begins. */
export async function takeTurn(
  ctx: MutationCtx,
  keyId: Id<"projectKeys">,
): Promise<{ ok: true } | { ok: false; retryAfterMs: number }> {
  const now = Date.now();
  const config = { kind: "fixed window" as const, rate: MOST_REQUESTS, period: WINDOW_MS, start: now };
  // The component's windows follow each other without a gap, so a burst across an edge would pass twice the number.
  const last = await limiter.getValue(ctx, NAME, { key: keyId, config });
  if (last.ts > 0 && now >= last.ts + WINDOW_MS) await forgetTurns(ctx, keyId);
  const turn = await limiter.limit(ctx, NAME, { key: keyId, config });
  return turn.ok ? { ok: true } : { ok: false, retryAfterMs: turn.retryAfter };
}

/** The key begins anew, or is gone. */
export async function forgetTurns(ctx: MutationCtx, keyId: Id<"projectKeys">): Promise<void> {
  await limiter.reset(ctx, NAME, { key: keyId });
}

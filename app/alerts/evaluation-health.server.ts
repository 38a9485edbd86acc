/** Dead man's switch: says whether alerts were evaluated lately, to a monitor outside of this installation. */
import { api } from "../../convex/_generated/api.js";
import { sha256Hex } from "../../convex/model/hex.ts";
import { MINUTE_MS } from "../../convex/model/intervals.ts";
import type { RequestContext } from "../request/context.ts";
import { createConvex } from "../request/convex.server.ts";
import { ConvexCallError, RejectedError } from "../request/errors.ts";

const LATE_MS = 3 * MINUTE_MS;

/** How long a response from Convex is cached, in ms, so that requests to this path put no load on Convex. */
const KEPT_MS = 10_000;
const CONVEX_MS = 3_000;

const UNCACHED = { "Cache-Control": "no-store" };

let kept: { evaluatedAt: number | null; at: number; convexUrl: string } | null = null;

/**
 * Returns 200 if alerts were evaluated in the last 3 minutes, otherwise 503; 401 without the secret, 404 if
 * the installation has none.
 */
export async function evaluationHealth(request: Request, call: RequestContext): Promise<Response> {
  const { healthSecret } = call.env;
  if (healthSecret === null) return Response.json({ error: "not_found" }, { status: 404, headers: UNCACHED });
  const given = /^Bearer +(.+)$/i.exec(request.headers.get("Authorization") ?? "")?.[1] ?? "";
  // Comparing hashes keeps the timing independent of the secret.
  if ((await sha256Hex(given)) !== (await sha256Hex(healthSecret))) {
    const headers = { ...UNCACHED, "WWW-Authenticate": "Bearer" };
    return Response.json({ error: "unauthenticated" }, { status: 401, headers });
  }
  const evaluatedAt = await lastEvaluation(call);
  const isLate = evaluatedAt === null || Date.now() - evaluatedAt > LATE_MS;
  const body = { status: isLate ? "late" : "ok", evaluatedAt };
  return Response.json(body, { status: isLate ? 503 : 200, headers: UNCACHED });
}

/** Returns when alerts were evaluated last; null if they never were, or if Convex does not answer. */
async function lastEvaluation({ env, report }: RequestContext): Promise<number | null> {
  const now = Date.now();
  const isFresh = kept !== null && kept.convexUrl === env.convexUrl && now - kept.at < KEPT_MS;
  if (kept !== null && isFresh) return kept.evaluatedAt;
  try {
    const convex = createConvex(env, null, AbortSignal.timeout(CONVEX_MS));
    const { evaluatedAt } = await convex.workerQuery(api.alerting.health, {});
    kept = { evaluatedAt, at: now, convexUrl: env.convexUrl };
    return evaluatedAt;
  } catch (error) {
    if (!(error instanceof ConvexCallError || error instanceof RejectedError)) throw error;
    report({ component: "data", action: "/healthz", error });
    return null;
  }
}

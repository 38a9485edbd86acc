/**
 * `POST /api/v1/metrics`: one Convex call checks the API key, applies the rate limit and stores the batch.
 */
import { api } from "../../convex/_generated/api.js";
import type { RequestContext } from "../request/context.ts";
import { createConvex } from "../request/convex.server.ts";
import { ConvexCallError, RejectedError } from "../request/errors.ts";
import { type BatchResult, readBatch, sha256 } from "./batch.server.ts";

const KEY = /^Bearer +(mosaic_[\w-]{1,200})$/i;
const RETRY_AFTER_S = 5;

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers: { "Cache-Control": "no-store", ...headers } });

const unauthenticated = () =>
  answer(401, { error: "unauthenticated" }, { "WWW-Authenticate": 'Bearer realm="Mosaic"' });

/** Returns the response for an invalid request. Only sent after the API key was accepted. */
function answerProblem(problem: Exclude<BatchResult, { kind: "batch" }>): Response {
  switch (problem.kind) {
    case "unsupported":
      return answer(415, { error: "unsupported_media_type" });
    case "too_large":
      return answer(413, { error: "too_large" });
    case "invalid":
      return answer(400, { error: "invalid", issues: problem.issues });
  }
}

/**
 * Returns the first error in the contract's order (401, 429, 415, 413, 400, 409), or 202 once the batch is
 * durable.
 */
export async function ingest(request: Request, context: RequestContext): Promise<Response> {
  const { deadline, env, now, report } = context;
  const key = KEY.exec(request.headers.get("Authorization") ?? "")?.[1];
  if (key === undefined) return unauthenticated();
  const result = await readBatch(request, now);
  const keyHash = await sha256(new TextEncoder().encode(key));
  try {
    const outcome = await createConvex(env, null, deadline).workerMutation(api.metrics.ingest, {
      keyHash,
      ...(result.kind === "batch" ? { batch: result.batch } : {}),
    });
    switch (outcome.outcome) {
      case "accepted":
        return answer(202, { accepted: outcome.accepted });
      case "unauthenticated":
        return unauthenticated();
      case "rate_limited":
        return answer(
          429,
          { error: "rate_limited" },
          { "Retry-After": String(Math.max(1, Math.ceil(outcome.retryAfterMs / 1000))) },
        );
      case "conflict":
        return answer(409, { error: "conflict" });
      case "invalid":
        return answer(400, { error: "invalid", issues: outcome.issues });
      case "admitted":
        return answerProblem(result as Exclude<BatchResult, { kind: "batch" }>);
    }
  } catch (error) {
    if (!(error instanceof ConvexCallError || error instanceof RejectedError)) throw error;
    report({ component: "ingest", action: context.route.pattern, error });
    return answer(503, { error: "unavailable" }, { "Retry-After": String(RETRY_AFTER_S) });
  }
}

/**
 * Ingestion: `POST /api/v1/metrics` and the reports of one agent. One Convex call checks the API key and
 * stores the batch; the compactor processes it afterwards.
 */
import { api } from "../../convex/_generated/api.js";
import type { RequestContext } from "../request/context.ts";
import { createConvex } from "../request/convex.server.ts";
import { ConvexCallError, RejectedError } from "../request/errors.ts";
import { admit, noteAccepted, noteRejected, type Rejected } from "./admission.server.ts";
import type { BatchReader, BatchResult } from "./batch.server.ts";

const RETRY_AFTER_S = 5;
const RATE_PERIOD_S = 60;

/** Time limit of the Convex call, which starts when the body has arrived. It includes Convex's retries. */
const CONVEX_MS = 10_000;

const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  Response.json(body, { status, headers: { "Cache-Control": "no-store", ...headers } });

const rejection = (status: number, error: string, message: string, headers: Record<string, string> = {}) =>
  answer(status, { error, message }, headers);

const AUTHENTICATE = { "WWW-Authenticate": 'Bearer realm="Mosaic"' };

/** Returns the response to a request whose API key or address is rejected. */
function answerRejected(rejected: Rejected): Response {
  switch (rejected.kind) {
    case "unauthenticated": {
      const message = "Send the header Authorization: Bearer followed by an API key that is not revoked.";
      return rejection(401, "unauthenticated", message, AUTHENTICATE);
    }
    case "archived":
      return rejection(401, "archived", "This project is archived. Restore it on its page.", AUTHENTICATE);
    case "limited": {
      const message =
        rejected.by === "key"
          ? "More than 600 requests a minute with this key. Send several items in each request."
          : "Too many rejected requests from this address. Check the API key, then wait a minute.";
      return rejection(429, "rate_limited", message, { "Retry-After": String(RATE_PERIOD_S) });
    }
  }
}

/** Returns the response for an invalid request. Only sent after the API key was accepted. */
function answerProblem(problem: Exclude<BatchResult, { kind: "batch" }>): Response {
  switch (problem.kind) {
    case "unsupported":
      return rejection(415, "unsupported_media_type", problem.message);
    case "too_large":
      return rejection(413, "too_large", "Send at most 256 KiB in a request. Split larger batches.");
    case "timed_out":
      return rejection(408, "timeout", "The upload took longer than 60 seconds. Send smaller batches.");
    case "invalid":
      return answer(400, invalidBody(problem.issues));
  }
}

function invalidBody(issues: Extract<BatchResult, { kind: "invalid" }>["issues"]) {
  return { error: "invalid", message: "Nothing was stored. Correct the issues and send it again.", issues };
}

/**
 * Returns the first error in the contract's order (401, 429, 415, 413, 400, 409), or 202 once the batch is
 * durable.
 *
 * @param read - Reads the batch from the request.
 */
export async function ingest(
  request: Request,
  context: RequestContext,
  read: BatchReader,
): Promise<Response> {
  const { env, report, route, url } = context;
  const admission = await admit(request, context);
  if (admission.kind !== "admitted") return answerRejected(admission);
  const { keyHash } = admission;
  const result = await read(request);
  try {
    const convex = createConvex(env, null, AbortSignal.timeout(CONVEX_MS));
    const outcome = await convex.workerMutation(api.metrics.ingest, {
      keyHash,
      path: url.pathname,
      ...(result.kind === "batch" ? { batch: result.batch } : {}),
    });
    if (outcome.outcome === "unauthenticated" || outcome.outcome === "archived") {
      return answerRejected(await noteRejected(context, keyHash, outcome.outcome));
    }
    await noteAccepted(context, keyHash);
    switch (outcome.outcome) {
      case "accepted": {
        const { accepted, warnings } = outcome;
        return answer(202, { accepted, ...(warnings.length > 0 && { warnings }) });
      }
      case "forbidden":
        return rejection(403, "forbidden", "This key may only read. Create one that may send.");
      case "conflict":
        return rejection(409, "conflict", "This Idempotency-Key was used with another body. Use a new one.");
      case "invalid":
        return answer(400, invalidBody(outcome.issues));
      case "admitted":
        return answerProblem(result as Exclude<BatchResult, { kind: "batch" }>);
    }
  } catch (error) {
    if (!(error instanceof ConvexCallError || error instanceof RejectedError)) throw error;
    report({ component: "ingest", action: route.pattern, error });
    const message = "Not stored, or not known to be. Send it again with the same Idempotency-Key.";
    return rejection(503, "unavailable", message, { "Retry-After": String(RETRY_AFTER_S) });
  }
}

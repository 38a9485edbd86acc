/**
 * Ingestion: the part that all requests with data share. One Convex call checks the API key and stores the batch;
 * the compactor processes it afterwards.
 */
import type { FunctionArgs, FunctionReturnType } from "convex/server";
import { api } from "../../convex/_generated/api.js";
import type { Issue } from "../../convex/model/metricRules.ts";
import type { RequestContext } from "../request/context.ts";
import { createConvex } from "../request/convex.server.ts";
import { ConvexCallError, RejectedError } from "../request/errors.ts";
import { admit, type NotAdmitted, noteAccepted, noteRejected } from "./admission.server.ts";
import type { BodyProblem } from "./body.server.ts";

const RETRY_AFTER_S = 5;
const RATE_PERIOD_S = 60;

/** Time limit of the Convex call, which starts when the body has arrived. It includes Convex's retries. */
const CONVEX_MS = 10_000;

export type SentBatch = NonNullable<FunctionArgs<typeof api.metrics.ingest>["batch"]>;

type Warnings = Extract<FunctionReturnType<typeof api.metrics.ingest>, { outcome: "accepted" }>["warnings"];

/** A rejected request: a code for programs, and a message that says what to do. */
export type Rejected = {
  kind: "rejected";
  status: number;
  code: string;
  message: string;
  headers?: Record<string, string>;
  issues?: Issue[];
};

/** Result of a request. `accepted` is the number of stored items. */
export type Outcome = { kind: "accepted"; accepted: number; warnings: Warnings } | Rejected;

/**
 * Reads the batch of a request: the batch, null if nothing is to be stored, or the first problem in the contract's
 * order.
 */
export type Reader = (request: Request) => Promise<{ kind: "batch"; batch: SentBatch | null } | Rejected>;

export function rejected(
  status: number,
  code: string,
  message: string,
  more: Pick<Rejected, "headers" | "issues"> = {},
): Rejected {
  return { kind: "rejected", status, code, message, ...more };
}

export function invalid(issues: Issue[]): Rejected {
  return rejected(400, "invalid", "Nothing was stored. Correct the issues and send it again.", { issues });
}

/** Returns the rejection of a body that could not be read. */
export function rejectedBody(problem: BodyProblem): Rejected {
  switch (problem.kind) {
    case "unsupported":
      return rejected(415, "unsupported_media_type", problem.message);
    case "too_large":
      return rejected(413, "too_large", problem.message);
    case "timed_out":
      return rejected(408, "timeout", "The upload took longer than 60 seconds. Send smaller batches.");
    case "invalid":
      return invalid([{ list: null, index: null, message: problem.message }]);
  }
}

const AUTHENTICATE = { headers: { "WWW-Authenticate": 'Bearer realm="mosaic"' } };

/** Returns the rejection of a request whose API key or address is rejected. */
function rejectedAdmission(problem: NotAdmitted): Rejected {
  switch (problem.kind) {
    case "unauthenticated": {
      const message = "Send the header Authorization: Bearer followed by an API key that is not revoked.";
      return rejected(401, "unauthenticated", message, AUTHENTICATE);
    }
    case "archived":
      return rejected(401, "archived", "This project is archived. Restore it on its page.", AUTHENTICATE);
    case "limited": {
      const message =
        problem.by === "key"
          ? "More than 600 requests a minute with this key. Send several items in each request."
          : "Too many rejected requests from this address. Check the API key, then wait a minute.";
      return rejected(429, "rate_limited", message, { headers: { "Retry-After": String(RATE_PERIOD_S) } });
    }
  }
}

/** Returns the hash of the request's API key if the request may go on to Convex, or the rejection. */
export async function admitKey(request: Request, context: RequestContext): Promise<string | Rejected> {
  const admission = await admit(request, context);
  return admission.kind === "admitted" ? admission.keyHash : rejectedAdmission(admission);
}

/** Notes that Convex did not accept an API key for this scope, and returns the rejection. */
export async function rejectedKey(
  context: RequestContext,
  keyHash: string,
  outcome: "unauthenticated" | "archived" | "forbidden",
  scope: "send" | "read",
): Promise<Rejected> {
  if (outcome !== "forbidden") return rejectedAdmission(await noteRejected(context, keyHash, outcome));
  await noteAccepted(context, keyHash);
  return scope === "send"
    ? rejected(403, "forbidden", "This key may only read. Create one that may send.")
    : rejected(403, "forbidden", "This key may only send. Create one that may read.");
}

/** Runs a Convex call for a request; a failure of Convex is a 503. */
export async function callConvex<T>(
  { env, report, route }: RequestContext,
  message: string,
  call: (convex: ReturnType<typeof createConvex>) => Promise<T>,
): Promise<T | Rejected> {
  try {
    return await call(createConvex(env, null, AbortSignal.timeout(CONVEX_MS)));
  } catch (error) {
    if (!(error instanceof ConvexCallError || error instanceof RejectedError)) throw error;
    report({ component: "ingest", action: route.pattern, error });
    return rejected(503, "unavailable", message, { headers: { "Retry-After": String(RETRY_AFTER_S) } });
  }
}

/**
 * Stores the batch of a request. Returns the first error in the contract's order (401, 429, 415, 413, 400, 409), or
 * what was accepted once the batch is durable.
 */
export async function ingest(request: Request, context: RequestContext, read: Reader): Promise<Outcome> {
  const keyHash = await admitKey(request, context);
  if (typeof keyHash !== "string") return keyHash;
  const result = await read(request);
  const batch = result.kind === "batch" ? result.batch : null;
  const message =
    "Not stored, or not known to be. Send it again, with the same Idempotency-Key if it had one.";
  const outcome = await callConvex(context, message, (convex) =>
    convex.workerMutation(api.metrics.ingest, {
      keyHash,
      path: context.url.pathname,
      ...(batch !== null && { batch }),
    }),
  );
  if ("kind" in outcome) return outcome;
  switch (outcome.outcome) {
    case "unauthenticated":
    case "archived":
    case "forbidden":
      return await rejectedKey(context, keyHash, outcome.outcome, "send");
  }
  await noteAccepted(context, keyHash);
  switch (outcome.outcome) {
    case "accepted":
      return { kind: "accepted", accepted: outcome.accepted, warnings: outcome.warnings };
    case "admitted":
      return result.kind === "batch" ? { kind: "accepted", accepted: 0, warnings: [] } : result;
    case "conflict":
      return rejected(409, "conflict", "This Idempotency-Key was used with another body. Use a new one.");
    case "invalid":
      return invalid(outcome.issues);
  }
}

/** Parses and validates reported metrics and statuses before they are sent to Convex. */
import { sha256Hex } from "../../convex/model/hex.ts";
import { agentProblem, batchIssues, type Issue, TOO_OLD } from "../../convex/model/metricRules.ts";
import { readBody } from "./body.server.ts";
import {
  invalid as invalidWith,
  type Reader,
  type Rejected,
  rejectedBody,
  type SentBatch,
} from "./ingest.server.ts";

const MAX_IDEMPOTENCY_KEY = 255;

type Items = { metrics: SentBatch["metrics"]; statuses: NonNullable<SentBatch["statuses"]> };

const invalid = (message: string): Rejected => invalidWith([{ list: null, index: null, message }]);

/** Reads the batch of `POST /api/v1/metrics`. */
export const readBatch: Reader = (request) =>
  readItems(request, (body) => {
    const issues = issuesOf(body, request);
    if (issues.length > 0) return issues;
    const { metrics = [], statuses = [] } = body as Partial<Items>;
    return {
      metrics: metrics.map(({ agent, name, value, kind, at }) => ({
        agent,
        name,
        value,
        ...(kind !== undefined && { kind }),
        ...(at !== undefined && { at }),
      })),
      statuses: statuses.map(statusOf),
    };
  });

/**
 * Returns the reader of `POST /api/v1/agents/{agent}/status`.
 *
 * @param agent - The name from the URL, decoded. Untrusted input.
 */
export function readStatus(agent: string): Reader {
  return (request) =>
    readItems(request, (body) => {
      const statuses = [{ ...body, agent }];
      const issues = issuesOf({ statuses }, request);
      if (issues.length > 0) return issues.map(({ message }) => ({ list: null, index: null, message }));
      return { metrics: [], statuses: (statuses as unknown as Items["statuses"]).map(statusOf) };
    });
}

/**
 * Returns the reader of `POST /api/v1/agents/{agent}/ping`, which ignores the body.
 *
 * @param agent - The name from the URL, decoded. Untrusted input.
 */
export function readPing(agent: string): Reader {
  return async ({ headers }) => {
    const problem = agentProblem(agent);
    if (problem !== null) return invalid(problem);
    const key = idempotencyKeyOf(headers);
    if (key === null) return invalid(KEY_PROBLEM);
    const bodyHash = await sha256Hex(new Uint8Array());
    return { kind: "batch", batch: { metrics: [], statuses: [{ agent }], bodyHash, ...key } };
  };
}

/**
 * Returns the issues of a batch. With an `Idempotency-Key`, an item may have become too old since the same request was
 * accepted: Convex rejects such items, after it has looked for that request.
 */
function issuesOf(sent: { metrics?: unknown; statuses?: unknown }, { headers }: Request): Issue[] {
  const issues = batchIssues(sent, Date.now());
  const isForConvex = headers.has("Idempotency-Key") && issues.every(({ message }) => message === TOO_OLD);
  return isForConvex ? [] : issues;
}

async function readItems(
  request: Request,
  parse: (body: Record<string, unknown>) => Items | Issue[],
): ReturnType<Reader> {
  const read = await readBody(request);
  if (read.kind !== "body") return rejectedBody(read);
  const key = idempotencyKeyOf(request.headers);
  if (key === null) return invalid(KEY_PROBLEM);
  const body = parseObject(read.bytes);
  if (typeof body === "string") return invalid(body);
  const items = parse(body);
  if (Array.isArray(items)) return invalidWith(items);
  return { kind: "batch", batch: { ...items, bodyHash: await sha256Hex(read.bytes), ...key } };
}

/** Returns the object in a body, or what is wrong with it. */
function parseObject(bytes: Uint8Array): Record<string, unknown> | string {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return "the body must be JSON in UTF-8";
  }
  return typeof body === "object" && body !== null && !Array.isArray(body)
    ? (body as Record<string, unknown>)
    : 'the body must be an object such as {"metrics":[…]}';
}

/** Returns a status without unknown fields. */
function statusOf({ agent, state, message, at }: Items["statuses"][number]): Items["statuses"][number] {
  return {
    agent,
    ...(state !== undefined && { state }),
    ...(message !== undefined && { message }),
    ...(at !== undefined && { at }),
  };
}

const KEY_PROBLEM = `Idempotency-Key must have 1 to ${MAX_IDEMPOTENCY_KEY} characters`;

/** Returns the `Idempotency-Key` of a request, empty without one; null if it is not valid. */
function idempotencyKeyOf(headers: Headers): { idempotencyKey?: string } | null {
  const idempotencyKey = headers.get("Idempotency-Key");
  if (idempotencyKey === null) return {};
  const isValid = idempotencyKey.length >= 1 && idempotencyKey.length <= MAX_IDEMPOTENCY_KEY;
  return isValid ? { idempotencyKey } : null;
}

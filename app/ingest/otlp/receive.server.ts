/** Receives OTLP over HTTP. https://opentelemetry.io/docs/specs/otlp/#otlphttp */
import { sha256Hex } from "../../../convex/model/hex.ts";
import { MOST_ITEMS } from "../../../convex/model/metricRules.ts";
import { packPoints } from "../../../convex/model/points.ts";
import type { RequestContext } from "../../request/context.ts";
import { PROTOBUF } from "../../request/rpc-status.ts";
import { type Accepted, readBody } from "../body.server.ts";
import {
  ingest,
  type Reader,
  type Rejected,
  rejected,
  rejectedBody,
  type SentBatch,
} from "../ingest.server.ts";
import { answer, type Signal } from "./answer.ts";
import { type Counted, OtlpError } from "./data.ts";
import * as json from "./json.ts";
import { agentOf } from "./names.ts";
import { pointsOf, type Rejections } from "./points.ts";
import * as protobuf from "./protobuf.ts";
import { hashOf } from "./streams.ts";

const BODY: Accepted = {
  types: [PROTOBUF, "application/json"],
  maxBytes: 4 * 1024 * 1024,
  tooLarge: "Send at most 4 MiB in a request, after decompression. Export smaller batches.",
};

type Content = Pick<SentBatch, "points" | "statuses">;

/**
 * Stores the metrics of a request. Traces and logs count only as a ping of their agents.
 *
 * @param signal - The content of the request, as its URL says.
 */
export async function receive(request: Request, context: RequestContext, signal: Signal): Promise<Response> {
  const rejections: Rejections = new Map();
  const read: Reader = async () => {
    const body = await readBody(request, BODY);
    if (body.kind !== "body") return rejectedBody(body);
    const hash = await hashOf(context.env.edgeSecret);
    const now = Date.now();
    try {
      const reader = body.type === PROTOBUF ? protobuf : json;
      const content: Content =
        signal === "metrics"
          ? metricsOf(pointsOf(reader.metricsIn(body.bytes), hash, now), rejections)
          : signsOfLife(reader.countedIn(body.bytes, signal), signal, rejections);
      const { points = [], statuses = [] } = content;
      if (points.length + statuses.length === 0) return { kind: "batch", batch: null };
      return {
        kind: "batch",
        batch: { metrics: [], statuses, points, bodyHash: await sha256Hex(body.bytes) },
      };
    } catch (error) {
      return malformed(error);
    }
  };
  return answer(request, signal, await ingest(request, context, read), rejections);
}

function metricsOf(read: ReturnType<typeof pointsOf>, rejections: Rejections): Content {
  for (const [reason, count] of read.rejections) rejections.set(reason, count);
  return { points: packPoints(read.points) };
}

/** Returns a ping for each agent, and counts the spans or log records, which are not stored. */
function signsOfLife(found: Iterable<Counted>, signal: Signal, rejections: Rejections): Content {
  const agents = new Set<string>();
  let total = 0;
  for (const { resource, count } of found) {
    total += count;
    if (count > 0 && agents.size < MOST_ITEMS) agents.add(agentOf(resource));
  }
  const reason = `only metrics are stored, no ${signal === "traces" ? "spans" : "log records"}`;
  if (total > 0) rejections.set(reason, total);
  return { statuses: [...agents].map((agent) => ({ agent })) };
}

function malformed(error: unknown): Rejected {
  if (error instanceof OtlpError) return rejected(400, "invalid", error.message);
  throw error;
}

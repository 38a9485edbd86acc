/** Responses to OTLP requests, in the encoding of the request. */
import {
  bytesField,
  integerField,
  isProtobuf,
  protobufResponse,
  rpcStatus,
  textField,
} from "../../request/rpc-status.ts";
import type { Outcome } from "../ingest.server.ts";
import type { Rejections } from "./points.ts";

export type Signal = "metrics" | "traces" | "logs";

/** Field names of `partial_success` in JSON. In protobuf all three are field 1. */
const REJECTED: Record<Signal, string> = {
  metrics: "rejectedDataPoints",
  traces: "rejectedSpans",
  logs: "rejectedLogRecords",
};

const NO_STORE = { "Cache-Control": "no-store" };

/**
 * Returns the response to a request.
 *
 * @param rejections - The number of items that were not stored, by reason.
 */
export function answer(request: Request, signal: Signal, outcome: Outcome, rejections: Rejections): Response {
  if (outcome.kind === "rejected") {
    const { status, message, issues = [], headers } = outcome;
    const text = [message, ...issues.map((issue) => issue.message)].join(" ");
    return rpcStatus(request, status, text, { ...NO_STORE, ...headers });
  }
  const count = [...rejections.values()].reduce((sum, one) => sum + one, 0);
  const reasons = [
    ...[...rejections].map(([reason, number]) => `${number} rejected: ${reason}.`),
    ...outcome.warnings.map((warning) => `${warning.count} of earlier requests: ${warning.message}`),
  ];
  if (reasons.length === 0) {
    return isProtobuf(request)
      ? protobufResponse([], 200, NO_STORE)
      : Response.json({}, { headers: NO_STORE });
  }
  const message = reasons.join(" ");
  if (isProtobuf(request)) {
    const partial = [...integerField(1, count), ...textField(2, message)];
    return protobufResponse(bytesField(1, partial), 200, NO_STORE);
  }
  // A 64-bit integer is a string in the JSON of protobuf.
  const partialSuccess = { [REJECTED[signal]]: String(count), errorMessage: message };
  return Response.json({ partialSuccess }, { headers: NO_STORE });
}

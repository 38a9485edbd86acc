/** Responses of the API in JSON, with its own form of errors. */
import type { Outcome, Rejected } from "./ingest.server.ts";

/** Returns the response to a request that was stored or rejected. */
export function jsonAnswer(outcome: Outcome): Response {
  if (outcome.kind === "rejected") return jsonError(outcome);
  const { accepted, warnings } = outcome;
  return json(202, { accepted, ...(warnings.length > 0 && { warnings }) });
}

export function jsonError({ status, code, message, issues, headers }: Rejected): Response {
  return json(status, { error: code, message, ...(issues && { issues }) }, headers);
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return Response.json(body, { status, headers: { "Cache-Control": "no-store", ...headers } });
}

/** Answer of a query as JSON text for a Transition, shared by all sockets. Only the query id is added per socket. */
import type { SubscriptionResult } from "../backend.ts";
import { callErrorOf } from "../failure.ts";
import type { QueryId } from "./socket-messages.ts";

/** Returns the result of a run as `QueryUpdated` or `QueryFailed`. */
export function answerText({ outcome, journal }: SubscriptionResult): string {
  if (outcome.ok) {
    return JSON.stringify({
      type: "QueryUpdated",
      value: outcome.value,
      logLines: outcome.logLines,
      journal,
    });
  }
  const { errorMessage, errorData, logLines } = outcome;
  return JSON.stringify({ type: "QueryFailed", errorMessage, errorData, logLines, journal });
}

/** Returns the failure of a query that could not run. */
export function failureText(error: unknown, journal: string | null): string {
  return JSON.stringify({ type: "QueryFailed", errorMessage: callErrorOf(error), logLines: [], journal });
}

/** Returns an answer as a modification of one socket. */
export function modificationText(queryId: QueryId, answer: string): string {
  return `{"queryId":${queryId},${answer.slice(1)}`;
}

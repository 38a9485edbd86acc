/** A query's answer as it stands in a Transition, written once for all sockets: everything but the query's number. */
import type { SubscriptionResult } from "../backend.ts";
import { reasonOf } from "../failure.ts";
import type { QueryId } from "./socket-messages.ts";

/** What a run answered, as the inside of a `QueryUpdated` or `QueryFailed`. */
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

/** The same where the query could not be run at all. */
export function failureText(error: unknown, journal: string | null): string {
  return JSON.stringify({ type: "QueryFailed", errorMessage: reasonOf(error), logLines: [], journal });
}

/** The answer as one socket's modification. */
export function modificationText(queryId: QueryId, answer: string): string {
  return `{"queryId":${queryId},${answer.slice(1)}`;
}

/**
 * Validation of reported metrics and statuses: the worker runs it before it calls Convex, and Convex runs it
 * again.
 */

import { STATES } from "./health.ts";
import { DAY_MS, MINUTE_MS } from "./intervals.ts";
import { LONGEST_AGENT, reportedNameProblem } from "./names.ts";

/** The time of an item is at most this much before its arrival, and at most this much after it, in ms. */
export const OLDEST_MS = 7 * DAY_MS;
export const FARTHEST_AHEAD_MS = 5 * MINUTE_MS;

/** Message of the only issue that an item can get with time. */
export const TOO_OLD = "at must not be more than 7 days old";

const LONGEST_NAME = 128;

/** The maximum number of characters of a message. */
export const LONGEST_MESSAGE = 200;

/** The maximum number of items in a batch; the minimum is one. */
export const MOST_ITEMS = 500;

/**
 * A validation error. `index` is the position of the item in its list; both are null if the whole batch is
 * invalid.
 */
export type Issue = { list: "metrics" | "statuses" | null; index: number | null; message: string };

/** Returns what is wrong with the name of an agent; null if it is valid. */
export function agentProblem(value: unknown): string | null {
  // URL parsers remove these path segments, so an agent's page could not be reached.
  if (value === "." || value === "..") return "agent must not be . or ..";
  const problem = reportedNameProblem(value, LONGEST_AGENT);
  return problem === null ? null : `agent ${problem}`;
}

function seriesProblem(value: unknown): string | null {
  const problem = reportedNameProblem(value, LONGEST_NAME);
  return problem === null ? null : `name ${problem}`;
}

function timeProblem(at: unknown, now: number): string | null {
  if (at === undefined) return null;
  if (typeof at !== "number" || !Number.isFinite(at)) return "at must be a time in Unix milliseconds";
  if (at < now - OLDEST_MS) return TOO_OLD;
  return at > now + FARTHEST_AHEAD_MS ? "at must not be more than 5 minutes ahead" : null;
}

function kindProblem(kind: unknown): string | null {
  return kind === undefined || kind === "gauge" || kind === "counter"
    ? null
    : "kind must be gauge or counter";
}

function stateProblem(state: unknown, pings: boolean): string | null {
  const known: readonly unknown[] = STATES;
  const isPing = state === undefined && pings;
  return isPing || known.includes(state) ? null : `state must be one of ${STATES.join(", ")}`;
}

function messageProblem(message: unknown): string | null {
  if (message === undefined) return null;
  return typeof message === "string" && [...message].length <= LONGEST_MESSAGE
    ? null
    : `message must be a string of at most ${LONGEST_MESSAGE} characters`;
}

type Item = Record<string, unknown>;

function metricProblems({ agent, name, value, kind, at }: Item, now: number) {
  return [
    agentProblem(agent),
    seriesProblem(name),
    typeof value === "number" && Number.isFinite(value) ? null : "value must be a finite number",
    kindProblem(kind),
    timeProblem(at, now),
  ];
}

function statusProblems({ agent, state, message, at }: Item, now: number, pings: boolean) {
  return [agentProblem(agent), stateProblem(state, pings), messageProblem(message), timeProblem(at, now)];
}

/**
 * Returns all validation errors of a batch.
 *
 * @param sent - The request body. Untrusted input.
 * @param now - The current time in Unix ms.
 * @param pings - Whether a status may have no state. Only the worker makes such items.
 */
export function batchIssues(
  sent: { metrics?: unknown; statuses?: unknown },
  now: number,
  pings = false,
): Issue[] {
  const { metrics = [], statuses = [] } = sent;
  for (const [name, list] of Object.entries({ metrics, statuses })) {
    if (!Array.isArray(list)) return [{ list: null, index: null, message: `${name} must be a list` }];
  }
  const [ofMetrics, ofStatuses] = [metrics as unknown[], statuses as unknown[]];
  const count = ofMetrics.length + ofStatuses.length;
  if (count < 1 || count > MOST_ITEMS) {
    const message = `metrics and statuses must have 1 to ${MOST_ITEMS} items together`;
    return [{ list: null, index: null, message }];
  }
  return [
    ...issuesOf("metrics", ofMetrics, (item) => metricProblems(item, now)),
    ...issuesOf("statuses", ofStatuses, (item) => statusProblems(item, now, pings)),
  ];
}

function issuesOf(
  list: "metrics" | "statuses",
  items: readonly unknown[],
  problems: (item: Item) => (string | null)[],
): Issue[] {
  return items.flatMap((item, index) => {
    if (typeof item !== "object" || item === null || Array.isArray(item)) {
      return [{ list, index, message: "must be an object" }];
    }
    return problems(item as Item)
      .filter((message) => message !== null)
      .map((message) => ({ list, index, message }));
  });
}

/** Returns a message as it is stored: control characters and halves of surrogate pairs become spaces. */
export function cleanMessage(message: string): string {
  return message.replaceAll(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, " ");
}

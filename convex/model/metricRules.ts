/**
 * Validation of metrics for `POST /api/v1/metrics`: the worker runs it before it calls Convex, and Convex
 * runs it again.
 */
import { reportedNameProblem } from "./names.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const OLDEST_MS = 7 * DAY_MS;
const FARTHEST_AHEAD_MS = 5 * 60 * 1000;
const LONGEST_NAME = 64;

/** The maximum number of metrics in a batch; the minimum is one. */
export const MOST_METRICS = 500;

/**
 * A validation error. `index` is the position of the metric in the batch; null if the whole batch is invalid.
 */
export type MetricIssue = { index: number | null; message: string };

function nameProblem(field: "agent" | "name", value: unknown): string | null {
  // URL parsers remove these path segments, so an agent's page could not be reached.
  if (field === "agent" && (value === "." || value === "..")) return "agent must not be . or ..";
  const problem = reportedNameProblem(value, LONGEST_NAME);
  return problem === null ? null : `${field} ${problem}`;
}

function timeProblem(at: unknown, now: number): string | null {
  if (at === undefined) return null;
  if (typeof at !== "number" || !Number.isFinite(at)) return "at must be a time in Unix milliseconds";
  if (at < now - OLDEST_MS) return "at must not be more than 7 days old";
  return at > now + FARTHEST_AHEAD_MS ? "at must not be more than 5 minutes ahead" : null;
}

/**
 * Returns all validation errors of a batch.
 *
 * @param metrics - The value of `metrics` in the request body. Untrusted input.
 * @param now - The current time in Unix ms.
 */
export function metricIssues(metrics: unknown, now: number): MetricIssue[] {
  if (!Array.isArray(metrics) || metrics.length < 1 || metrics.length > MOST_METRICS) {
    return [{ index: null, message: `metrics must be a list of 1 to ${MOST_METRICS} items` }];
  }
  return metrics.flatMap((metric: unknown, index) => {
    if (typeof metric !== "object" || metric === null || Array.isArray(metric)) {
      return [{ index, message: "must be an object" }];
    }
    const { agent, name, value, at } = metric as Record<string, unknown>;
    return [
      nameProblem("agent", agent),
      nameProblem("name", name),
      typeof value === "number" && Number.isFinite(value) ? null : "value must be a finite number",
      timeProblem(at, now),
    ]
      .filter((message) => message !== null)
      .map((message) => ({ index, message }));
  });
}

/** What one metric of `POST /api/v1/metrics` may be: checked by the worker before it calls Convex, and by Convex. */
import { reportedNameProblem } from "./names.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const OLDEST_MS = 7 * DAY_MS;
const FARTHEST_AHEAD_MS = 5 * 60 * 1000;
const LONGEST_NAME = 64;

/** How many metrics a batch may have, and has at least one of. */
export const MOST_METRICS = 500;

/** `index` is the metric's place in the batch; null for what is wrong with the whole. */
export type MetricIssue = { index: number | null; message: string };

function nameProblem(field: "agent" | "name", value: unknown): string | null {
  // A URL cannot carry these as the name of an agent.
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
 * @param metrics What stands under `metrics` in a batch: untrusted.
 * @param now Unix milliseconds.
 * @returns Everything that is wrong with it.
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

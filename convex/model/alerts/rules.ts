/** Alert rules: their fields, valid values and words. The app uses them too. */
import { LONGEST_AGENT, LONGEST_SERIES, reportedNameProblem } from "../names.ts";

const MOST_MINUTES = 1_440;

export const OF = ["mean", "sum", "min", "max"] as const;
export const WINDOW_NAMES = ["5m", "15m", "1h", "24h"] as const;
export const IS = ["above", "below"] as const;

/** Names of windows, aggregates of a window, and the side of the value on which the rule is breached. */
export type WindowName = (typeof WINDOW_NAMES)[number];
export type Of = (typeof OF)[number];

/** `agent` is a name, or null for all agents. */
type OfAgent = { agent: string | null };

export type ThresholdRule = OfAgent & {
  kind: "threshold";
  name: string;
  of: Of;
  window: WindowName;
  is: (typeof IS)[number];
  value: number;
};

export type Rule =
  | (OfAgent & { kind: "silent" })
  | (OfAgent & { kind: "state"; state: "failed" })
  | (OfAgent & { kind: "state"; state: "waiting"; minutes: number })
  | ThresholdRule;

/** Returns what is wrong with the values of a rule, as a sentence; null if nothing is. */
export function ruleProblem(rule: Rule): string | null {
  if (rule.agent !== null && reportedNameProblem(rule.agent, LONGEST_AGENT) !== null) {
    return `Name an agent with 1 to ${LONGEST_AGENT} characters, or choose all agents.`;
  }
  if (rule.kind === "state" && rule.state === "waiting") return minutesProblem(rule.minutes);
  if (rule.kind !== "threshold") return null;
  return metricProblem(rule.name) ?? valueProblem(rule.value);
}

export function minutesProblem(minutes: number): string | null {
  return Number.isInteger(minutes) && minutes >= 0 && minutes <= MOST_MINUTES
    ? null
    : `Use 0 to ${MOST_MINUTES} minutes.`;
}

export function metricProblem(name: string): string | null {
  return reportedNameProblem(name, LONGEST_SERIES) === null
    ? null
    : `Name a metric with 1 to ${LONGEST_SERIES} characters.`;
}

export function valueProblem(value: number): string | null {
  return Number.isFinite(value) ? null : "Use a number.";
}

/** Returns the rule among the fields of a document. */
export function ruleOf(fields: Rule): Rule {
  const { kind, agent } = fields;
  if (kind === "silent") return { kind, agent };
  if (kind === "state") {
    return fields.state === "failed"
      ? { kind, agent, state: "failed" }
      : { kind, agent, state: "waiting", minutes: fields.minutes };
  }
  const { name, of, window, is, value } = fields;
  return { kind, agent, name, of, window, is, value };
}

/** Returns whether two rules have the same values. */
export function isSameRule(one: Rule, other: Rule): boolean {
  return JSON.stringify(ruleOf(one)) === JSON.stringify(ruleOf(other));
}

/** Returns whether a rule is about an agent. */
export function concerns(rule: Rule, name: string): boolean {
  return rule.agent === null || rule.agent === name;
}

const OF_WORDS: Record<Of, string> = { mean: "Mean", sum: "Sum", min: "Minimum", max: "Maximum" };
const WINDOW_WORDS: Record<WindowName, string> = {
  "5m": "5 minutes",
  "15m": "15 minutes",
  "1h": "1 hour",
  "24h": "24 hours",
};

/** Returns the condition of a rule as the predicate of a sentence about an agent: "is silent". */
export function predicateOf(rule: Rule): string {
  if (rule.kind === "silent") return "is silent";
  if (rule.kind === "state") {
    if (rule.state === "failed") return "failed";
    return rule.minutes === 0
      ? "waits"
      : `waits for ${rule.minutes} ${rule.minutes === 1 ? "minute" : "minutes"}`;
  }
  const { name, of, window, is, value } = rule;
  return `has ${OF_WORDS[of].toLowerCase()} of ${name} over ${WINDOW_WORDS[window]} ${is} ${value}`;
}

/** Labels of the values of a threshold rule. */
export const RULE_WORDS = { of: OF_WORDS, window: WINDOW_WORDS, is: { above: "Above", below: "Below" } };

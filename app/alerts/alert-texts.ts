/** Words for incidents and deliveries. */
import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import { MINUTE_MS } from "../../convex/model/intervals.ts";

export type Incident = FunctionReturnType<typeof api.incidents.newest>[number];
export type Delivery = FunctionReturnType<typeof api.alertDeliveries.list>["page"][number];

/** Returns a length of time in its two largest units: `3 min`, `2 h 5 min`, `4 days 1 h`. */
export function formatDuration(ms: number): string {
  const minutes = Math.floor(Math.max(0, ms) / MINUTE_MS);
  if (minutes < 1) return "less than a minute";
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return joined(`${hours} h`, minutes % 60, "min");
  const days = Math.floor(hours / 24);
  return joined(days === 1 ? "1 day" : `${days} days`, hours % 24, "h");
}

function joined(first: string, count: number, unit: string): string {
  return count === 0 ? first : `${first} ${count} ${unit}`;
}

export const REASON_WORDS: Readonly<Record<NonNullable<Incident["closeReason"]>, string>> = {
  recovered: "recovered",
  muted: "the agent was muted",
  retired: "the agent was retired",
  rule_removed: "the rule was removed",
  archived: "the project was archived",
};

export const TYPE_WORDS: Readonly<Record<Delivery["type"], string>> = {
  "incident.opened": "Incident opened",
  "incident.closed": "Incident closed",
  digest: "Digest",
  test: "Test",
};

export const STATUS_WORDS: Readonly<Record<Delivery["status"], string>> = {
  waiting: "Waiting",
  delivered: "Delivered",
  failed: "Failed",
};

/** What tiles and lists say of a metric, by its kind. */
import type { Kind } from "../../convex/model/kinds.ts";
import { sumOfToday } from "./today.ts";

type Metric = { kind: Kind; value: number; today: { since: number; sum: number } | null };

/**
 * Returns the number that a tile shows of a metric, and what it is: the sum of today of a counter, the mean of
 * a histogram, the newest value of a gauge, which needs no word.
 *
 * @param when - The page's clock, Unix ms, and the user's time zone.
 */
export function shownMetric(
  { kind, value, today }: Metric,
  when: { now: number; timeZone: string },
): { value: number; of: "" | "today" | "mean" } {
  if (kind === "counter" && today !== null) return { value: sumOfToday(today, when), of: "today" };
  return { value, of: kind === "histogram" ? "mean" : "" };
}

/**
 * Returns a short form of a metric's name for tiles and events: of a dotted name its last two parts, of attributes their
 * values. `gen_ai.client.token.usage{request.model=o5,token.type=input}` is `token.usage o5 input`.
 */
export function shortName(name: string): string {
  const [, base = name, attributes = ""] = /^([^{]+)\{(.+)\}$/.exec(name) ?? [];
  const values = attributes.split(",").map((pair) => pair.slice(pair.indexOf("=") + 1));
  return [base.split(".").slice(-2).join("."), ...values].filter(Boolean).join(" ");
}

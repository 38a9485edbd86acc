/** Intervals between reports, in words and in minutes. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../convex/model/intervals.ts";

const SECOND_MS = 1_000;

/** Returns an interval in the largest unit that fits, with at most one decimal: `every 10 min`. */
export function inWords(ms: number): string {
  const [size, unit] = (
    [
      [DAY_MS, "days"],
      [HOUR_MS, "h"],
      [MINUTE_MS, "min"],
      [SECOND_MS, "s"],
    ] as const
  ).find(([size]) => ms >= size) ?? [SECOND_MS, "s"];
  const count = Math.round((ms / size) * 10) / 10;
  return `every ${count} ${unit === "days" && count === 1 ? "day" : unit}`;
}

/** Returns an interval in minutes, as the form takes it. */
export function inMinutes(ms: number): string {
  return String(Math.round((ms / MINUTE_MS) * 100) / 100);
}

// How a value has changed, in a sign, an arrow and words.

import { formatCompact, formatNumber } from "./format-number.ts";

export interface Change {
  arrow: "↑" | "↓" | "→";
  /** `+12 (+8 %)`; `no change`. */
  short: string;
  /** The one figure of it: `+8 %`, or where that says nothing, `+12`. */
  brief: string;
  /** For a screen reader: `up 12, 8 percent`. */
  words: string;
}

/**
 * @param from - The value before. @param to - The value now.
 * @param locale - BCP 47 tag.
 */
export function changeOf(from: number, to: number, locale: string): Change {
  // Opposite ends of what a number holds are further apart than it holds.
  const difference = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, to - from));
  const size = formatCompact(Math.abs(difference), locale);
  // What rounds to nothing is no change.
  if (
    !Number.isFinite(difference) ||
    formatNumber(Math.abs(difference), locale) === formatNumber(0, locale)
  ) {
    return { arrow: "→", short: "no change", brief: "no change", words: "no change" };
  }
  const up = difference > 0;
  const percent = from === 0 ? null : Math.round(Math.abs(difference / from) * 100);
  const shown = percent !== null && percent >= 1 && percent < 1000 ? percent : null;
  const sign = up ? "+" : "−";
  return {
    arrow: up ? "↑" : "↓",
    short: `${sign}${size}${shown === null ? "" : ` (${sign}${shown} %)`}`,
    brief: shown === null ? `${sign}${size}` : `${sign}${shown} %`,
    words: `${up ? "up" : "down"} ${size}${shown === null ? "" : `, ${shown} percent`}`,
  };
}

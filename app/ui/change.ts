/** Change of a value as a sign, an arrow and words. */
import { formatCompact, formatNumber } from "./format-number.ts";

export interface Change {
  arrow: "↑" | "↓" | "→";
  /** `+12 (+8 %)`; `no change`. */
  short: string;
  /** The percentage, or the difference if there is no percentage: `+8 %`, `+12`. */
  brief: string;
  /** For a screen reader: `up 12, 8 percent`. */
  words: string;
}

/**
 * Returns how a value has changed.
 *
 * @param from - The earlier value.
 * @param to - The current value.
 * @param locale - BCP 47 tag.
 */
export function changeOf(from: number, to: number, locale: string): Change {
  // The difference of very large numbers overflows.
  const difference = Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, to - from));
  const size = formatCompact(Math.abs(difference), locale);
  // A difference that rounds to zero is no change.
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

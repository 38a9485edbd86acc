/** Relative time, with the exact time in the title and in `dateTime`. */
import { type DisplayFormat, formatAgo, formatMoment } from "./format.ts";

/**
 * Returns the attributes of a `<time>` element.
 *
 * @param at - Unix ms.
 */
export function timeAttributes(at: number, display: DisplayFormat) {
  return { dateTime: new Date(at).toISOString(), title: formatMoment(at, display) };
}

/**
 * Renders how long ago a time was.
 *
 * @param at - Unix ms.
 * @param now - The page's clock, Unix ms; the server's time on the first render.
 * @param locale - BCP 47 tag.
 * @param timeZone - IANA name.
 */
export function RelativeTime({
  at,
  now,
  locale = "en",
  timeZone = "UTC",
}: {
  at: number;
  now: number;
  locale?: string;
  timeZone?: string;
}) {
  const display = { locale, timeZone };
  return <time {...timeAttributes(at, display)}>{formatAgo(at, now, display)}</time>;
}

// A time as people say it, with the exact one at hand: in a title, and for machines in dateTime.

import { formatAgo, formatMoment } from "./format.ts";

/**
 * @param at - Unix ms.
 * @param now - Unix ms, the page's clock (the server's at first).
 * @param locale - BCP 47 tag. @param timeZone - IANA name.
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
  const place = { locale, timeZone };
  return (
    <time dateTime={new Date(at).toISOString()} title={formatMoment(at, place)}>
      {formatAgo(at, now, place)}
    </time>
  );
}

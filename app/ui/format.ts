/**
 * Time formats that are the same on the server and in the browser, because locale, time zone and now are
 * parameters.
 */

/** Display settings: a BCP 47 tag and an IANA time zone. */
export interface DisplayFormat {
  locale: string;
  timeZone: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Limit of the formatter cache. Creating an Intl formatter costs a hundred times as much as using it. */
const MOST_FORMATTERS = 200;
const formatters = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

/** Returns the cached formatter with this key; creates it on first use. */
export function remembered<T extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => T): T {
  const known = formatters.get(key);
  if (known) return known as T;
  if (formatters.size >= MOST_FORMATTERS) formatters.clear();
  const made = make();
  formatters.set(key, made);
  return made;
}

/** Replaces narrow and no-break spaces, which differ between engines, with plain ones. */
export function plainSpaces(text: string): string {
  return text.replace(/[\u00a0\u202f\u2009]/gu, " ");
}

/** What `Intl` returns for November in a language without data: workerd and Chromium for `kk`, `az`, `uz`. */
const NO_DATA = /M11/;

/** Returns the language tag if this runtime has data for it, otherwise `en`. The tag is untrusted input. */
export function knownLocale(locale: string): string {
  try {
    const [known = "en"] = Intl.DateTimeFormat.supportedLocalesOf([locale]);
    const november = new Intl.DateTimeFormat(known, { month: "short", timeZone: "UTC" });
    return NO_DATA.test(november.format(Date.UTC(2026, 10, 1))) ? "en" : known;
  } catch {
    return "en";
  }
}

/** Returns the time zone, or UTC if this runtime does not know it. */
export function knownTimeZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return timeZone;
  } catch {
    return "UTC";
  }
}

const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
const DATE = { month: "short", day: "numeric" } as const;

const KINDS = {
  weekday: { weekday: "short" },
  day: { year: "numeric", ...DATE },
  minute: { ...DATE, ...CLOCK },
  moment: { year: "numeric", ...DATE, ...CLOCK, second: "2-digit", timeZoneName: "short" },
  clock: CLOCK,
  date: DATE,
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

function dateFormat({ locale, timeZone }: DisplayFormat, kind: keyof typeof KINDS): Intl.DateTimeFormat {
  return remembered(
    `${kind} ${locale} ${timeZone}`,
    () =>
      new Intl.DateTimeFormat(knownLocale(locale), {
        ...KINDS[kind],
        timeZone: knownTimeZone(timeZone),
      }),
  );
}

/** Returns the full date and time with the time zone, for a title: `Nov 24, 2026, 13:05:09 UTC`. */
export function formatMoment(at: number, display: DisplayFormat): string {
  return plainSpaces(dateFormat(display, "moment").format(at));
}

/** Returns the date and time without the year: `Nov 24, 13:05`. */
export function formatMinute(at: number, display: DisplayFormat): string {
  return plainSpaces(dateFormat(display, "minute").format(at));
}

/** Returns the short day of the week: `Tue`. */
export function formatWeekday(at: number, display: DisplayFormat): string {
  return plainSpaces(dateFormat(display, "weekday").format(at));
}

// agents:start
/** Returns the day of the month: `Nov 24`. */
export function formatDate(at: number, display: DisplayFormat): string {
  return plainSpaces(dateFormat(display, "date").format(at));
}
// agents:end

/** Returns hours and minutes: `13:05`. */
export function formatClock(at: number, display: DisplayFormat): string {
  return plainSpaces(dateFormat(display, "clock").format(at));
}

// agents:start
/**
 * Returns the width of a bucket in words: `a minute`, `10 minutes`, `an hour`, `4 hours` or `a day`.
 *
 * @param ms - Width of a bucket, ms.
 */
export function formatBucket(ms: number): string {
  const minutes = ms / MINUTE;
  if (minutes === 1) return "a minute";
  if (minutes < 60) return `${minutes} minutes`;
  if (ms === HOUR) return "an hour";
  return ms === DAY ? "a day" : `${ms / HOUR} hours`;
}
// agents:end

/**
 * Returns how long ago a time was.
 *
 * @param at - Unix ms. A time after `now` counts as now, because clocks differ.
 * @param now - The page's clock, Unix ms.
 * @returns `just now`, `3 min ago`, `2 h ago`, `5 days ago`; the date after a week.
 */
export function formatAgo(at: number, now: number, display: DisplayFormat): string {
  const passed = now - at;
  if (passed < MINUTE) return "just now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`;
  if (passed < 2 * DAY) return "1 day ago";
  if (passed < 7 * DAY) return `${Math.floor(passed / DAY)} days ago`;
  return plainSpaces(dateFormat(display, "day").format(at));
}

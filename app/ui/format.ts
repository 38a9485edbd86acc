// Times as words: the same on the server and in the browser, because language, zone and now are always given and never
// looked up. Numbers have a file of their own, which guests do not load.

/** Whose language and hours: a BCP 47 tag and an IANA zone. */
export interface Place {
  locale: string;
  timeZone: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Making an Intl formatter costs a hundred times what using it does; a page has few, an isolate not many. */
const MOST_FORMATTERS = 200;
const formatters = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

/** Returns the formatter with this key, made at its first use. */
export function remembered<T extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => T): T {
  const known = formatters.get(key);
  if (known) return known as T;
  if (formatters.size >= MOST_FORMATTERS) formatters.clear();
  const made = make();
  formatters.set(key, made);
  return made;
}

/** Engines differ in which narrow space they put before AM; a plain one is the same everywhere. */
export function plainSpaces(text: string): string {
  return text.replace(/[\u00a0\u202f\u2009]/gu, " ");
}

/** How `Intl` names November if it knows a language, but has no data for it: workerd and Chromium, for `kk`, `az`, `uz`. */
const NO_DATA = /M11/;

/** Returns a language tag that this runtime has the data of, or `en`. A browser may ask for anything. */
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
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

function dateFormat({ locale, timeZone }: Place, kind: keyof typeof KINDS): Intl.DateTimeFormat {
  return remembered(
    `${kind} ${locale} ${timeZone}`,
    () =>
      new Intl.DateTimeFormat(knownLocale(locale), {
        ...KINDS[kind],
        timeZone: knownTimeZone(timeZone),
      }),
  );
}

/** @returns A whole moment with its zone, for a title: `Nov 24, 2026, 13:05:09 UTC`. */
export function formatMoment(at: number, place: Place): string {
  return plainSpaces(dateFormat(place, "moment").format(at));
}

/** @returns Day and minute, where the year is clear: `Nov 24, 13:05`. */
export function formatMinute(at: number, place: Place): string {
  return plainSpaces(dateFormat(place, "minute").format(at));
}

/** @returns The day of the week, short: `Tue`. */
export function formatWeekday(at: number, place: Place): string {
  return plainSpaces(dateFormat(place, "weekday").format(at));
}

/** @returns Hours and minutes: `13:05`. */
export function formatClock(at: number, place: Place): string {
  return plainSpaces(dateFormat(place, "clock").format(at));
}

/** @param ms - How long a point of a chart stands for. @returns `a minute`, `10 minutes` or `an hour`. */
export function formatBucket(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes === 1) return "a minute";
  return minutes === 60 ? "an hour" : `${minutes} minutes`;
}

/**
 * How long ago, in the words of the product.
 *
 * @param at - Unix ms; a moment ahead of `now` (clocks differ) counts as now.
 * @param now - Unix ms, the page's clock.
 * @returns `just now`, `3 min ago`, `2 h ago`, `5 days ago`, and from a week on the day itself.
 */
export function formatAgo(at: number, now: number, place: Place): string {
  const passed = now - at;
  if (passed < MINUTE) return "just now";
  if (passed < HOUR) return `${Math.floor(passed / MINUTE)} min ago`;
  if (passed < DAY) return `${Math.floor(passed / HOUR)} h ago`;
  if (passed < 2 * DAY) return "1 day ago";
  if (passed < 7 * DAY) return `${Math.floor(passed / DAY)} days ago`;
  return plainSpaces(dateFormat(place, "day").format(at));
}

// Times and numbers as words: the same on the server and in the browser, because language, zone and now
// are always given and never looked up.

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

function remembered<T extends Intl.DateTimeFormat | Intl.NumberFormat>(key: string, make: () => T): T {
  const known = formatters.get(key);
  if (known) return known as T;
  if (formatters.size >= MOST_FORMATTERS) formatters.clear();
  const made = make();
  formatters.set(key, made);
  return made;
}

/** Engines differ in which narrow space they put before AM; a plain one is the same everywhere. */
function plainSpaces(text: string): string {
  return text.replace(/[\u00a0\u202f\u2009]/gu, " ");
}

/** A language tag that Intl takes, else English. A browser may ask for anything. */
export function knownLocale(locale: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf([locale])[0] ?? "en";
  } catch {
    return "en";
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
    () => new Intl.DateTimeFormat(knownLocale(locale), { ...KINDS[kind], timeZone }),
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

/** From here on a number has more digits than anyone reads. */
const LARGEST_WHOLE = 1e15;

/** No minus before a zero: JSON loses it on one of its ways, and server and browser would differ. */
const NUMBER = { signDisplay: "negative" } as const;

/** Returns the number in the form `1.2E15`, with up to this many decimals. */
export function formatScientific(value: number, locale: string, maximumFractionDigits: number): string {
  return remembered(
    `scientific ${maximumFractionDigits} ${locale}`,
    () =>
      new Intl.NumberFormat(knownLocale(locale), {
        ...NUMBER,
        notation: "scientific",
        maximumFractionDigits,
      }),
  ).format(value);
}

/** @returns The number whole, grouped as the language does, with up to three decimals; `1.235E20` from 10^15 on. */
export function formatNumber(value: number, locale: string): string {
  if (Math.abs(value) >= LARGEST_WHOLE) return formatScientific(value, locale, 3);
  return formatDecimals(value, locale, 3);
}

/** Returns the number whole, grouped as the language does, with up to this many decimals. */
export function formatDecimals(value: number, locale: string, maximumFractionDigits: number): string {
  const format = remembered(
    `decimals ${maximumFractionDigits} ${locale}`,
    () => new Intl.NumberFormat(knownLocale(locale), { ...NUMBER, maximumFractionDigits }),
  );
  return plainSpaces(format.format(value));
}

const SCALES: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/**
 * A number for a tile: `1.2 M`. Below 1000 it stays whole, with up to three decimals.
 *
 * @returns At most three leading digits and a unit; in the form `1.2E15` where no unit reaches.
 */
export function formatCompact(value: number, locale: string): string {
  const size = Math.abs(value);
  if (size < 1000) return formatNumber(value, locale);
  if (size >= LARGEST_WHOLE) return formatScientific(value, locale, 1);
  const rounded = Number(value.toPrecision(3)); // first, so that 999,960 is 1 M and not 1000 k
  const [scale, unit] = SCALES.find(([least]) => Math.abs(rounded) >= least) ?? [1, ""];
  const format = remembered(
    `compact ${locale}`,
    () => new Intl.NumberFormat(knownLocale(locale), { ...NUMBER, maximumSignificantDigits: 3 }),
  );
  return `${plainSpaces(format.format(rounded / scale))} ${unit}`;
}

/** @returns `1 project`, `2 projects`; the plural is given where an s does not make it. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

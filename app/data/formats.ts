/** Check that this browser formats numbers and dates like the server, by comparing a sample of each. */
import { isTimeZone } from "../../convex/model/timeZones.ts";
import { setBounded } from "../request/bounded-map.ts";
import { formatAgo, formatMinute, formatWeekday } from "../ui/format.ts";
import { formatNumber } from "../ui/format-number.ts";

const MOST_KEPT = 200;
const HOUR_MS = 3_600_000;
const MONTH_MS = 30 * 24 * HOUR_MS;

const hash = (text: string) => {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (Math.imul(sum, 31) + text.charCodeAt(i)) >>> 0;
  return sum.toString(36);
};

/**
 * Compares the language in UTC and the time zone in English, so that one mismatch does not affect the other.
 */
function makeSample(locale: string, timeZone: string, year: number): string {
  const months = Array.from({ length: 12 }, (_, month) => Date.UTC(year, month, month + 1, 13, 5));
  const display = { locale, timeZone: "UTC" };
  const language = [
    ...months.map((at) => formatAgo(at, at + MONTH_MS, display)),
    ...months.map((at) => formatMinute(at, display) + formatWeekday(at, display)),
    ...[-1234.5, 1234567.891, 1.5e20].map((value) => formatNumber(value, locale)),
  ];
  const zone = months.map((at) => formatMinute(at, { locale: "en", timeZone }));
  return [locale, hash(language.join()), timeZone, year, hash(zone.join())].join(" ");
}

const samples = new Map<string, string>();

/**
 * Returns a short fingerprint of how this runtime formats numbers and the dates of a year.
 *
 * @param locale - BCP 47 tag.
 * @param timeZone - IANA name.
 * @param year - The year of the page's time, because time zone rules change.
 */
export function sampleFormats(locale: string, timeZone: string, year: number): string {
  const key = `${locale} ${timeZone} ${year}`;
  const known = samples.get(key);
  if (known !== undefined) return known;
  const sample = makeSample(locale, timeZone, year);
  setBounded(samples, key, sample, MOST_KEPT);
  return sample;
}

let sameLanguage = true;

/**
 * Compares this browser's sample with the server's. Call it before the first render.
 *
 * @param sent - The server's sample.
 * @returns Whether this browser can hydrate the page's dates and numbers without a mismatch.
 */
export function compareFormats(sent: string): boolean {
  const [locale = "en", language, timeZone = "UTC", year] = sent.split(" ");
  const own = sampleFormats(locale, timeZone, Number(year));
  sameLanguage = own.startsWith(`${locale} ${language} `);
  return own === sent;
}

/** Returns the language to format in: English if this browser's data for the page's language differs. */
export function shownLocale(locale: string): string {
  return sameLanguage ? locale : "en";
}

const zones = new Map<string, string>();

/** Returns the time zone to show times in: UTC if the stored one is invalid or unknown to this runtime. */
export function shownTimeZone(timeZone: string): string {
  const known = zones.get(timeZone);
  if (known !== undefined) return known;
  const shown = isTimeZone(timeZone) ? timeZone : "UTC";
  setBounded(zones, timeZone, shown, MOST_KEPT);
  return shown;
}

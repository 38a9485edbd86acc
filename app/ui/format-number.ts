/** Number formats that are the same on the server and in the browser. */
import { knownLocale, plainSpaces, remembered } from "./format.ts";

/** Numbers from here on are shown in scientific notation. */
const LARGEST_WHOLE = 1e15;

/** Formats -0 without a minus: JSON does not keep the sign, so server and browser would differ. */
const NUMBER = { signDisplay: "negative" } as const;

/** Returns the number in scientific notation, such as `1.2E15`, with up to this many decimals. */
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

/** Returns the full number with the locale's grouping and up to three decimals; `1.235E20` from 10^15 on. */
export function formatNumber(value: number, locale: string): string {
  if (Math.abs(value) >= LARGEST_WHOLE) return formatScientific(value, locale, 3);
  return formatDecimals(value, locale, 3);
}

/** Returns the full number with the locale's grouping and up to this many decimals. */
export function formatDecimals(value: number, locale: string, maximumFractionDigits: number): string {
  const format = remembered(
    `decimals ${maximumFractionDigits} ${locale}`,
    () => new Intl.NumberFormat(knownLocale(locale), { ...NUMBER, maximumFractionDigits }),
  );
  return plainSpaces(format.format(value));
}

// agents:start
const SCALES: readonly (readonly [number, string])[] = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

/** Numbers below this are shown in full, also in a tile. */
const LEAST_SHORTENED = 1000;

/**
 * Returns a short number for a tile, such as `1.2 M`.
 *
 * @returns At most three significant digits and a unit, or scientific notation above the largest unit.
 */
export function formatCompact(value: number, locale: string): string {
  const size = Math.abs(value);
  if (size < LEAST_SHORTENED) return formatNumber(value, locale);
  if (size >= LARGEST_WHOLE) return formatScientific(value, locale, 1);
  const rounded = Number(value.toPrecision(3)); // before the unit is chosen: 999,960 is 1 M, not 1000 k
  const [scale, unit] = SCALES.find(([least]) => Math.abs(rounded) >= least) ?? [1, ""];
  const format = remembered(
    `compact ${locale}`,
    () => new Intl.NumberFormat(knownLocale(locale), { ...NUMBER, maximumSignificantDigits: 3 }),
  );
  return `${plainSpaces(format.format(rounded / scale))} ${unit}`;
}

/** Returns the full number if `formatCompact` shortens it. */
export function wholeNumber(value: number, locale: string): string | undefined {
  return Math.abs(value) < LEAST_SHORTENED ? undefined : formatNumber(value, locale);
}

/**
 * Returns a count with its noun: `1 project`, `2 projects`.
 *
 * @param one - The singular.
 * @param many - The plural, if it is not the singular with an s.
 */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
// agents:end

// Numbers as words: the same on the server and in the browser.

import { knownLocale, plainSpaces, remembered } from "./format.ts";

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

/** Value axis of a chart: grid lines, positions and distinct labels for any finite values. */
import { formatDecimals, formatNumber, formatScientific } from "./format-number.ts";

/**
 * Every tick is a multiple of ten to the power of `exponent`. `down` returns a value's distance from the top,
 * px.
 */
export interface ValueAxis {
  ticks: number[];
  exponent: number;
  down: (value: number) => number;
}

const MOST_TICKS = 5;

/** Values with a smaller relative spread are drawn as a flat line. */
const LEAST_SPREAD = 2e-12;

/** Below this, floating-point numbers are too coarse to divide. */
const SMALLEST_SPREAD = 1e-321;

/** Tolerance for a value to count as on a tick, in steps, because decimal divisions are not exact. */
const ON_A_TICK = 1e-3;

/** Returns the power of ten of a number's first digit; 0 for zero. */
function exponentOf(value: number): number {
  return Number(value.toExponential().split("e")[1]);
}

/** Returns `value` times ten to the power of `-exponent`. A single factor could overflow or lose digits. */
function scaled(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * Number(`1e${-half}`) * Number(`1e${half - exponent}`);
}

/**
 * Returns the ends of the axis. It includes zero for counts and if zero is close; a flat line is centered.
 */
function endsOf(values: readonly number[]): [low: number, high: number, exponent: number] {
  const [smallest, largest] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  const exponent = exponentOf(Math.max(Math.abs(smallest), Math.abs(largest)));
  let [low, high] = [scaled(smallest, exponent), scaled(largest, exponent)];
  const counts = low >= 0 && values.every(Number.isInteger);
  if (counts || (low > 0 && low < high / 3)) low = 0;
  if (high < 0 && high > low / 3) high = 0;
  const least = Math.max(LEAST_SPREAD, scaled(SMALLEST_SPREAD, exponent));
  if (high - low < least) {
    const room = low === high ? Math.max(least, Math.abs(low) / 10 || 1) : least;
    [low, high] = [low - room, high + room];
  }
  // The ends must stay finite.
  const limit = scaled(Number.MAX_VALUE, exponent);
  return [Math.max(-limit, low), Math.min(limit, high), exponent];
}

/**
 * Returns an axis with up to five lines at round values. Values are scaled near 1, so that sums do not
 * overflow and small differences keep their digits.
 *
 * @param values - Any finite numbers.
 * @param height - Height of the plot, px.
 */
export function valueAxis(values: readonly number[], height: number): ValueAxis {
  const [low, high, exponent] = endsOf(values);
  const smallest = exponentOf((high - low) / MOST_TICKS);
  for (let tries = 0; ; tries++) {
    const multiple = [1, 2, 5][tries % 3] ?? 1;
    const power = smallest + Math.floor(tries / 3);
    const step = Number(`${multiple}e${power}`);
    const first = Math.floor(low / step + ON_A_TICK);
    const last = Math.ceil(high / step - ON_A_TICK);
    if (last - first >= MOST_TICKS) continue;
    const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
      // Parsed from its digits, a tick is the nearest number to its label.
      Number(`${(first + index) * multiple}e${power + exponent}`),
    );
    const part = (value: number) => (scaled(value, exponent) / step - first) / (last - first);
    return {
      ticks: ticks.filter(Number.isFinite),
      exponent: power + exponent,
      down: (value) => height * (1 - Math.max(0, Math.min(1, part(value)))),
    };
  }
}

const UNITS = ["", " k", " M", " G", " T"];

/** With more decimals, scientific notation (or, with a unit, the full number) is easier to read. */
const MOST_DECIMALS = 6;
const MOST_DECIMALS_OF_UNIT = 2;

/**
 * Returns a label for each tick, all in the same format, with enough digits to be distinct.
 *
 * @param locale - BCP 47 tag.
 */
export function axisLabels({ ticks, exponent }: ValueAxis, locale: string): string[] {
  const largest = exponentOf(Math.max(...ticks.map(Math.abs)));
  const decimals = Math.max(0, -exponent);
  const isTiny = decimals > MOST_DECIMALS && largest < -1;
  if (largest >= 15 || isTiny) {
    const digits = largest - exponent;
    return ticks.map((tick) =>
      tick === 0 ? formatNumber(0, locale) : formatScientific(tick, locale, digits),
    );
  }
  const thousands = Math.max(0, Math.floor(largest / 3));
  const decimalsOfUnit = Math.max(0, 3 * thousands - exponent);
  if (thousands === 0 || decimalsOfUnit > MOST_DECIMALS_OF_UNIT) {
    return ticks.map((tick) => formatDecimals(tick, locale, decimals));
  }
  return ticks.map((tick) =>
    tick === 0
      ? formatNumber(0, locale)
      : `${formatDecimals(tick / 1000 ** thousands, locale, decimalsOfUnit)}${UNITS[thousands]}`,
  );
}

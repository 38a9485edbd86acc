// A chart as numbers: where its lines, points and ticks lie. Pure, so that it is drawn the same on the server and in
// the browser.

import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";

/** What happened in one bucket of time; `at` is its start, Unix ms, `value` the mean. */
export interface ChartPoint {
  at: number;
  value: number;
  count: number;
  min: number;
  max: number;
}

/** The time that a chart shows, Unix ms; `bucket` is how long one point stands for. */
export interface ChartWindow {
  start: number;
  end: number;
  bucket: number;
}

/** The drawing's own units: across, it is stretched to the width there is; down, they are pixels. */
export const PLOT = { width: 1000, height: 176 };

/**
 * @param span - How far back, and `bucket`, how wide a point is; both in ms.
 * @param now - Unix ms, the page's clock.
 * @returns The window that ends with the bucket of now.
 */
export function windowOf(span: number, bucket: number, now: number): ChartWindow {
  const end = (Math.floor(now / bucket) + 1) * bucket;
  return { start: end - span, end, bucket };
}

/** @returns The points inside the window. */
export function pointsIn(points: readonly ChartPoint[], { start, end }: ChartWindow): ChartPoint[] {
  return points.filter(({ at }) => at >= start && at < end);
}

/** @returns Where a moment lies across the window, 0 to 1. */
export function across(at: number, { start, end }: ChartWindow): number {
  return (at - start) / (end - start);
}

/** Runs of buckets that follow each other without a gap: a line is never drawn where there is no data. */
export function runsOf(points: readonly ChartPoint[], bucket: number): ChartPoint[][] {
  const runs: ChartPoint[][] = [];
  for (const point of points) {
    const run = runs.at(-1);
    const before = run?.at(-1);
    if (run && before && point.at - before.at <= bucket) run.push(point);
    else runs.push([point]);
  }
  return runs;
}

/** Sums of the largest numbers there are overflow; a quarter of each does not. */
const SHRINK = 0.25;

/**
 * The axis of values: round ends, three to five lines, zero in view for counts and wherever it is near.
 *
 * @returns `down` gives a value's place from the top, in pixels; `ticks` are values, `decimals` what tells them apart.
 */
export function valueAxis(values: readonly number[]): {
  ticks: number[];
  decimals: number;
  down: (value: number) => number;
} {
  let low = Math.min(...values);
  let high = Math.max(...values);
  if (values.length === 0) [low, high] = [0, 1];
  const counts = low >= 0 && values.every(Number.isInteger);
  if (counts || (low > 0 && low < high / 3)) low = 0;
  if (high < 0 && high > low / 3) high = 0;
  if (low === high) {
    // A flat line lies in the middle, not on the ground.
    const room = Math.abs(low) / 10 || 1;
    [low, high] = [Math.max(-Number.MAX_VALUE, low - room), Math.min(Number.MAX_VALUE, high + room)];
  }
  const scale = scaleLinear([low * SHRINK, high * SHRINK], [PLOT.height, 0]).nice(4);
  const ticks = scale
    .ticks(4)
    .map((tick) => Number((tick / SHRINK).toPrecision(12)))
    .filter(Number.isFinite);
  const step = ticks.length > 1 ? Math.abs((ticks[1] ?? 0) - (ticks[0] ?? 0)) : 1;
  const decimals = step >= 1 ? 0 : Math.min(12, Math.ceil(-Math.log10(step) + 0.001));
  return { ticks, decimals, down: (value) => scale(value * SHRINK) };
}

export interface Drawing {
  line: string;
  area: string;
  /** Buckets with a gap on both sides: a line of one point draws nothing. */
  alone: ChartPoint[];
}

const round = (value: number) => Math.round(value * 10) / 10;

/** @returns The paths of the line and of the area under it. */
export function draw(
  points: readonly ChartPoint[],
  window: ChartWindow,
  down: (value: number) => number,
): Drawing {
  const x = ({ at }: ChartPoint) => round(across(at, window) * PLOT.width);
  const y = ({ value }: ChartPoint) => round(down(value));
  const runs = runsOf(points, window.bucket);
  const long = runs.filter((run) => run.length > 1);
  const drawLine = line<ChartPoint>(x, y);
  const drawArea = area<ChartPoint>(x, PLOT.height, y);
  return {
    line: long.map((run) => drawLine(run) ?? "").join(""),
    area: long.map((run) => drawArea(run) ?? "").join(""),
    alone: runs.flatMap((run) => (run.length === 1 ? run : [])),
  };
}

/** @returns The index of the point nearest to a place across the window (0 to 1); -1 where there is none. */
export function nearest(points: readonly ChartPoint[], place: number, window: ChartWindow): number {
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  points.forEach((point, index) => {
    const away = Math.abs(across(point.at, window) - place);
    if (away <= distance) [best, distance] = [index, away];
  });
  return best;
}

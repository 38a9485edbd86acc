// A chart as numbers: where its lines, points and ticks lie. Pure, so that it is drawn the same on the server and in
// the browser.

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
 * Returns the window from the bucket in which the range begins to the bucket of now, both whole.
 *
 * @param span - How far back, and `bucket`, how wide a point is; both in ms.
 * @param now - Unix ms, the page's clock.
 */
export function windowOf(span: number, bucket: number, now: number): ChartWindow {
  const startOf = (at: number) => Math.floor(at / bucket) * bucket;
  return { start: startOf(now - span), end: startOf(now) + bucket, bucket };
}

/** Returns the points from the start of the window on. An agent's clock may be ahead: such points are part of it. */
export function pointsIn(points: readonly ChartPoint[], { start }: ChartWindow): ChartPoint[] {
  return points.filter(({ at }) => at >= start);
}

/** Returns where a moment lies across the window, 0 to 1; one ahead of it lies at its right edge. */
export function across(at: number, { start, end }: ChartWindow): number {
  return Math.min(1, (at - start) / (end - start));
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

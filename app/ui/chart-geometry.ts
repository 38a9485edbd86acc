/** Pure geometry of a chart, so that server and browser render the same. */

/** One bucket of a time series. `at` is its start, Unix ms; `value` is the mean. */
export interface ChartPoint {
  at: number;
  value: number;
  count: number;
  min: number;
  max: number;
}

/** The time range of a chart, Unix ms. `bucket` is the width of one point, ms. */
export interface ChartWindow {
  start: number;
  end: number;
  bucket: number;
}

/** Size of the drawing. The width is in arbitrary units and is stretched; the height is in pixels. */
export const PLOT = { width: 1000, height: 176 };

/**
 * Returns the window of whole buckets from the start of the range to now.
 *
 * @param span - Length of the range, ms.
 * @param bucket - Width of a bucket, ms.
 * @param now - The page's clock, Unix ms.
 */
export function windowOf(span: number, bucket: number, now: number): ChartWindow {
  const startOf = (at: number) => Math.floor(at / bucket) * bucket;
  return { start: startOf(now - span), end: startOf(now) + bucket, bucket };
}

/**
 * Returns the points from the start of the window on, including later ones from agents whose clock is ahead.
 */
export function pointsIn(points: readonly ChartPoint[], { start }: ChartWindow): ChartPoint[] {
  return points.filter(({ at }) => at >= start);
}

/** Returns the horizontal position of a time in the window, 0 to 1. Later times are at the right edge. */
export function across(at: number, { start, end }: ChartWindow): number {
  return Math.min(1, (at - start) / (end - start));
}

/** Returns the runs of adjacent buckets, so that no line is drawn across a gap. */
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
  /** Buckets with a gap on both sides, because a line with one point draws nothing. */
  alone: ChartPoint[];
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Returns the paths of the line and of the area below it, and the isolated points. */
export function draw(
  points: readonly ChartPoint[],
  window: ChartWindow,
  down: (value: number) => number,
): Drawing {
  const x = ({ at }: ChartPoint) => round(across(at, window) * PLOT.width);
  const drawLine = (run: ChartPoint[]) =>
    `M${run.map((point) => `${x(point)},${round(down(point.value))}`).join("L")}`;
  const runs = runsOf(points, window.bucket);
  const long = runs.flatMap((points) => {
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined || first === last) return [];
    const line = drawLine(points);
    return [{ line, area: `${line}L${x(last)},${PLOT.height}L${x(first)},${PLOT.height}Z` }];
  });
  return {
    line: long.map(({ line }) => line).join(""),
    area: long.map(({ area }) => area).join(""),
    alone: runs.flatMap((run) => (run.length === 1 ? run : [])),
  };
}

/** Returns the index of the point nearest to a horizontal position (0 to 1); -1 if there are no points. */
export function nearest(points: readonly ChartPoint[], position: number, window: ChartWindow): number {
  let best = -1;
  let distance = Number.POSITIVE_INFINITY;
  points.forEach((point, index) => {
    const away = Math.abs(across(point.at, window) - position);
    if (away <= distance) [best, distance] = [index, away];
  });
  return best;
}

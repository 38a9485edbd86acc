/** Sparkline of a metric. */

const WIDTH = 120;
const HEIGHT = 28;
const EDGE = 2;

export interface SparklinePoint {
  /** Unix ms. */
  at: number;
  value: number;
}

const round = (value: number) => Math.round(value * 10) / 10;

/**
 * Returns the path of a sparkline. A gap interrupts it; an isolated point is a dot.
 *
 * @param points - The points in ascending order.
 * @param bucket - Width of a bucket, ms. A larger distance is a gap.
 */
export function sparklinePath(points: readonly SparklinePoint[], bucket: number): string {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return "";
  // Halved, because the difference of very large numbers overflows.
  const values = points.map(({ value }) => value / 2);
  const low = Math.min(...values);
  const spread = Math.max(...values) - low;
  const span = last.at - first.at;
  return points
    .map(({ at }, index) => {
      const x = EDGE + (span === 0 ? 1 : (at - first.at) / span) * (WIDTH - 2 * EDGE);
      const part = spread === 0 ? 0.5 : ((values[index] ?? low) - low) / spread;
      const y = HEIGHT - EDGE - part * (HEIGHT - 2 * EDGE);
      const before = points[index - 1];
      const joined = before !== undefined && at - before.at <= bucket;
      return `${joined ? "L" : "M"}${round(x)},${round(y)}${joined ? "" : "h0"}`;
    })
    .join("");
}

/** Renders the sparkline. Decorative, because a text next to it says the same. */
export function Sparkline({
  points,
  bucket,
  width = WIDTH,
}: {
  points: readonly SparklinePoint[];
  bucket: number;
  /** Width in px. */
  width?: number;
}) {
  return (
    <svg
      className="sparkline"
      width={width}
      height={HEIGHT}
      preserveAspectRatio="none"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      aria-hidden="true"
    >
      <path d={sparklinePath(points, bucket)} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}

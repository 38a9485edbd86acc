/**
 * Chart of one time series, rendered on the server. Only the line is in a stretched SVG; text is placed in
 * percent.
 */
import { type ReactNode, useId } from "react";
import { across, type ChartPoint, type ChartWindow, draw, PLOT, pointsIn } from "./chart-geometry.ts";
import { ChartReader } from "./chart-reader.tsx";
import { ChartTable } from "./chart-table.tsx";
import { type DisplayFormat, formatBucket, formatClock, formatDate, formatWeekday } from "./format.ts";
import { formatCompact } from "./format-number.ts";
import { timeTicks } from "./time-ticks.ts";
import { axisLabels, type ValueAxis, valueAxis } from "./value-axis.ts";

/** Space above the plot for the last point's label and below it for the time labels, px. */
const TOP = 24;
const BOTTOM = 28;
const HEIGHT = TOP + PLOT.height + BOTTOM;

const percent = (part: number) => `${Math.round(part * 10_000) / 100}%`;

/**
 * Renders the chart as a figure.
 *
 * @param name - Accessible name of the figure: `tickets of triage, last 24 hours`.
 * @param aggregation - What a point is of the values in its bucket.
 * @param points - The points in ascending order. Those outside the window are not drawn.
 * @param children - Shown instead if there are no points. The height stays the same.
 */
export function Chart({
  name,
  aggregation,
  points: all,
  window,
  display,
  children,
}: {
  name: string;
  aggregation: "sum" | "mean";
  points: readonly ChartPoint[];
  window: ChartWindow;
  display: DisplayFormat;
  children?: ReactNode;
}) {
  const id = useId();
  const points = pointsIn(all, window);
  const values = points.map(({ value }) => value);
  // Sums are compared with zero.
  const axis = valueAxis(aggregation === "sum" ? [0, ...values] : values, PLOT.height);
  const last = points.at(-1);
  return (
    <figure aria-labelledby={id} className="chart">
      <figcaption id={id} className="sr-only">
        {name}
      </figcaption>
      <div className="chart-plot">
        <svg width="100%" height={HEIGHT} aria-hidden="true" className="block overflow-visible">
          <ValueLines axis={axis} />
          <TimeTicks window={window} display={display} />
          <Line points={points} window={window} down={axis.down} />
          {last ? <ValueLabels axis={axis} locale={display.locale} /> : null}
          {last ? <LastPoint point={last} window={window} down={axis.down} locale={display.locale} /> : null}
        </svg>
        {last ? (
          <ChartReader
            name={name}
            points={points}
            window={window}
            down={axis.down}
            top={TOP}
            display={display}
          />
        ) : (
          <div className="chart-empty">{children}</div>
        )}
      </div>
      {last ? (
        <p className="text-small text-quiet">
          {`Each point is the ${aggregation} of ${formatBucket(window.bucket)}${inUtc(window, display)}.`}
        </p>
      ) : null}
      <ChartTable name={name} points={points} display={display} />
    </figure>
  );
}

/** Returns a hint for buckets that are longer than an hour: they begin in UTC, not at local hours. */
function inUtc({ bucket }: ChartWindow, { timeZone }: DisplayFormat): string {
  return bucket > 3_600_000 && timeZone !== "UTC" ? ", which begins in UTC" : "";
}

const lineAt = (y: number) => TOP + Math.round(y) + 0.5;

function ValueLines({ axis: { ticks, down } }: { axis: ValueAxis }) {
  return ticks.map((tick) => (
    <line
      key={tick}
      x1="0"
      x2="100%"
      y1={lineAt(down(tick))}
      y2={lineAt(down(tick))}
      className="chart-grid"
    />
  ));
}

/** Renders the value labels. Placed after the line, so that the line does not cover them. */
function ValueLabels({ axis, locale }: { axis: ValueAxis; locale: string }) {
  const labels = axisLabels(axis, locale);
  return axis.ticks.map((tick, index) => (
    <text key={tick} x="0" y={lineAt(axis.down(tick)) - 5} className="chart-label">
      {labels[index]}
    </text>
  ));
}

/** The label of a tick closer to an end than this would overlap its neighbor on a phone. */
const NEAR_AN_END = 0.03;

const TICK_FORMATS = { clock: formatClock, weekday: formatWeekday, date: formatDate };

function TimeTicks({ window, display }: { window: ChartWindow; display: DisplayFormat }) {
  return timeTicks(window.start, window.end, display.timeZone).map(({ at, kind }) => {
    const part = across(at, window);
    if (part < NEAR_AN_END || part > 1 - NEAR_AN_END) return null;
    return (
      <text key={at} x={percent(part)} y={HEIGHT - 6} textAnchor="middle" className="chart-label">
        {TICK_FORMATS[kind](at, display)}
      </text>
    );
  });
}

function Line({
  points,
  window,
  down,
}: {
  points: readonly ChartPoint[];
  window: ChartWindow;
  down: (value: number) => number;
}) {
  const drawing = draw(points, window, down);
  return (
    <>
      <svg
        y={TOP}
        width="100%"
        height={PLOT.height}
        viewBox={`0 0 ${PLOT.width} ${PLOT.height}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        className="overflow-visible"
      >
        <path d={drawing.area} className="chart-area" />
        <path d={drawing.line} className="chart-line" vectorEffect="non-scaling-stroke" />
      </svg>
      {drawing.alone.map((point) => (
        <circle
          key={point.at}
          cx={percent(across(point.at, window))}
          cy={TOP + down(point.value)}
          r="2"
          className="chart-dot"
        />
      ))}
    </>
  );
}

function LastPoint({
  point,
  window,
  down,
  locale,
}: {
  point: ChartPoint;
  window: ChartWindow;
  down: (value: number) => number;
  locale: string;
}) {
  const part = across(point.at, window);
  const [x, y] = [percent(part), TOP + down(point.value)];
  const anchor = part < 0.1 ? "start" : part > 0.9 ? "end" : "middle";
  return (
    <>
      <circle cx={x} cy={y} r="4" className="chart-last" />
      <text x={x} y={Math.max(14, y - 10)} textAnchor={anchor} className="chart-value">
        {formatCompact(point.value, locale)}
      </text>
    </>
  );
}

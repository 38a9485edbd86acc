/** Reads a chart point by point with mouse, touch or arrow keys. For screen readers it is a slider. */
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import { across, type ChartPoint, type ChartWindow, nearest } from "./chart-geometry.ts";
import { type DisplayFormat, formatMinute } from "./format.ts";
import { formatCount, formatNumber } from "./format-number.ts";
import { useHydrated } from "./use-hydrated.ts";

/** Returns the index that a key moves to from `index`; null for any other key. */
function step(key: string, index: number, count: number): number | null {
  const to = {
    ArrowLeft: index - 1,
    ArrowDown: index - 1,
    ArrowRight: index + 1,
    ArrowUp: index + 1,
    PageDown: index - 10,
    PageUp: index + 10,
    Home: 0,
    End: count - 1,
  }[key];
  return to === undefined ? null : Math.max(0, Math.min(count - 1, to));
}

/**
 * Renders the slider over the plot. It needs hydration; the table works without JavaScript.
 *
 * @param top - Distance from the top of the drawing to the plot, px.
 */
export function ChartReader({
  name,
  points,
  window,
  down,
  top,
  display,
}: {
  name: string;
  points: readonly ChartPoint[];
  window: ChartWindow;
  down: (value: number) => number;
  top: number;
  display: DisplayFormat;
}) {
  const hydrated = useHydrated();
  // Stored as a time, because points are added and removed at both ends.
  const [readAt, setReadAt] = useState<number | null>(null);
  const [shown, setShown] = useState(false);
  if (!hydrated) return null;

  const found = points.findIndex(({ at }) => at === readAt);
  const index = found === -1 ? points.length - 1 : found;
  const point = points[index];
  if (point === undefined) return null;

  const read = (next: number) => {
    setReadAt(points[next]?.at ?? null);
    setShown(true);
  };
  const onPointer = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    if (box.width > 0) read(nearest(points, (event.clientX - box.left) / box.width, window));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") return setShown(false);
    const next =
      event.altKey || event.ctrlKey || event.metaKey ? null : step(event.key, index, points.length);
    if (next === null) return;
    event.preventDefault();
    read(next);
  };

  const time = formatMinute(point.at, display);
  const value = formatNumber(point.value, display.locale);
  const count = formatCount(point.count, "metric");
  const part = across(point.at, window);
  return (
    <>
      <div
        role="slider"
        tabIndex={0}
        aria-label={`${name}: read point by point`}
        aria-valuemin={1}
        aria-valuemax={points.length}
        aria-valuenow={index + 1}
        aria-valuetext={`${time}: ${value}, ${count}`}
        className="chart-reader"
        onPointerMove={onPointer}
        onPointerDown={onPointer}
        onPointerLeave={() => setShown(false)}
        onFocus={() => setShown(true)}
        onBlur={() => setShown(false)}
        onKeyDown={onKeyDown}
      />
      {shown ? (
        <>
          <svg width="100%" height="100%" aria-hidden="true" className="chart-cursor">
            <line x1={`${part * 100}%`} x2={`${part * 100}%`} y1={top} y2="100%" />
            <circle cx={`${part * 100}%`} cy={top + down(point.value)} r="4" />
          </svg>
          <div
            aria-hidden="true"
            className="chart-tip"
            style={{ left: `${part * 100}%`, translate: `${-part * 100}% 0` }}
          >
            <span className="text-quiet">{time}</span>
            <span className="font-strong">{value}</span>
            <span className="text-quiet">{count}</span>
          </div>
        </>
      ) : null}
    </>
  );
}

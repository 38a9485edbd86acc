/** Panel of one metric: its latest value, its change, and its chart over an hour to 90 days. */

import { useMemo, useRef } from "react";
import { Link } from "react-router";
import { api } from "../../convex/_generated/api.js";
import type { Kind } from "../../convex/model/kinds.ts";
import { RANGE_NAMES, RANGES, type Range } from "../../convex/model/ranges.ts";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { Card } from "../ui/card.tsx";
import { changeOf } from "../ui/change.ts";
import { Chart } from "../ui/chart.tsx";
import { type ChartPoint, pointsIn, windowOf } from "../ui/chart-geometry.ts";
import { NumberText } from "../ui/number.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { chartEnd, RANGE_WORDS } from "./project-address.ts";
import type { LoadedProject } from "./project-query.ts";

type Buckets = NonNullable<LoadedProject["chart"]>["buckets"];

/**
 * Returns the points of a chart: the sum of each bucket of a counter, otherwise the mean, clamped to its
 * extremes because very large sums lose precision.
 */
function pointsOf(buckets: Buckets, kind: Kind): ChartPoint[] {
  return buckets.map(({ at, count, sum, min, max }) =>
    kind === "counter"
      ? { at, count, min: sum, max: sum, value: sum }
      : { at, count, min, max, value: Math.max(min, Math.min(max, sum / count)) },
  );
}

/**
 * Shows the live chart of one time series.
 *
 * @param kind - What the chart draws: sums of a counter, otherwise means.
 * @param range - The time range of the chart.
 * @param buckets - The loader's buckets; null if it did not load this time series.
 * @param latest - The number that a tile shows, live, and what it is; null if there is none.
 * @param pathOf - Returns the page's path with another range.
 */
export function MetricPanel({
  projectId,
  agent,
  name,
  kind,
  range,
  buckets,
  latest,
  pathOf,
  display,
}: {
  projectId: string;
  agent: string;
  name: string;
  kind: Kind;
  range: Range;
  buckets: Buckets | null;
  latest: { value: number; of: string; at: number } | null;
  pathOf: (range: Range) => string;
  display: DisplaySettings;
}) {
  const until = chartEnd(display.now);
  const { value: live } = useLiveQuery(api.metrics.series, { projectId, agent, name, range, until }, null);
  // A new minute is a new query; the buckets of the last one stay until it is answered.
  const last = useRef<{ range: Range; buckets: Buckets } | null>(null);
  if (live !== null) last.current = { range, buckets: live };
  const value = last.current?.range === range ? last.current.buckets : buckets;
  const points = useMemo(() => pointsOf(value ?? [], kind), [value, kind]);
  const { span, width } = RANGES[range];
  const words = RANGE_WORDS[range];
  const window = windowOf(span, width, display.now);
  const visible = pointsIn(points, window);
  const [first] = visible;
  // The sum of a day and the sum of a bucket cannot be compared.
  const isComparable = kind !== "counter" && first && latest && visible.length > 1;
  const change = isComparable ? changeOf(first.value, latest.value, display.locale) : null;
  return (
    <section
      aria-labelledby="metric"
      className="flex flex-col gap-4 rounded-card border border-line bg-surface p-4 wide:p-6"
    >
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h2 id="metric" className="[overflow-wrap:anywhere]">
            <bdi>{name}</bdi>{" "}
            <span className="font-normal text-quiet">
              of <bdi>{agent}</bdi>
            </span>
          </h2>
          {latest ? (
            <p className="mt-1 flex flex-wrap items-baseline gap-x-4">
              <span className="text-display font-strong">
                <NumberText value={latest.value} locale={display.locale} />
              </span>
              {latest.of === "" ? null : <span className="text-quiet">{latest.of}</span>}
              {change ? (
                <span className="tabular-nums">
                  <span aria-hidden="true">{`${change.arrow} ${change.short}`}</span>
                  <span className="sr-only">{change.words}</span>{" "}
                  <span className="text-quiet">{`in the ${words}`}</span>
                </span>
              ) : null}
              <span className="text-small text-quiet">
                <RelativeTime at={latest.at} {...display} />
              </span>
            </p>
          ) : null}
        </div>
        <ul aria-label="Range" className="segments">
          {RANGE_NAMES.map((other) => (
            <li key={other}>
              <Link to={pathOf(other)} preventScrollReset aria-current={other === range ? "true" : undefined}>
                {other}
              </Link>
            </li>
          ))}
        </ul>
      </div>
      <Chart
        name={`${kind === "counter" ? "Sum" : "Mean"} of ${name} of ${agent}, ${words}`}
        aggregation={kind === "counter" ? "sum" : "mean"}
        points={points}
        window={window}
        display={display}
      >
        <p>{`No metrics in the ${words}`}</p>
        {range === "90d" ? null : <p className="text-small text-quiet">Look at a longer range above.</p>}
      </Chart>
    </section>
  );
}

/** Renders what is shown instead of the panel while there are no metrics. */
export function NoMetricsPanel() {
  return (
    <Card title="Metrics">
      <p className="text-quiet">No metrics yet</p>
    </Card>
  );
}

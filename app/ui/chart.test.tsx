import { renderToStaticMarkup } from "react-dom/server.edge";
import { expect, test } from "vitest";
import { changeOf } from "./change.ts";
import { Chart } from "./chart.tsx";
import { type ChartPoint, windowOf } from "./chart-geometry.ts";
import { sparklinePath } from "./sparkline.tsx";

const MINUTE = 60_000;
const NOW = Date.parse("2026-11-24T14:03:20Z");
const WINDOW = windowOf(60 * MINUTE, MINUTE, NOW);

const pointAt = (at: number, value: number): ChartPoint => ({ at, value, count: 1, min: value, max: value });

const draw = (points: readonly ChartPoint[], window = WINDOW, timeZone = "UTC") =>
  renderToStaticMarkup(
    <Chart
      aggregation="mean"
      name="n of a, last hour"
      points={points}
      window={window}
      display={{ locale: "en", timeZone }}
    >
      <p>No metrics in the last hour</p>
    </Chart>,
  );

const MAX = Number.MAX_VALUE;

test.each([
  [[2.964393875e-314]],
  [[Number.MIN_VALUE, 0, -0]],
  [[-MAX, MAX]],
  [[MAX]],
  [[1e308, -1e308, 1e-308]],
  [[50_123.1, 50_128]],
])("draws any finite values: %j", (values) => {
  const points = values.map((value, index) => pointAt(WINDOW.start + index * MINUTE, value));
  expect(draw(points)).not.toMatch(/NaN|Infinity|∞/);
  expect(sparklinePath(points, MINUTE)).not.toMatch(/NaN|Infinity/);
  const change = changeOf(values[0] ?? 0, values.at(-1) ?? 0, "en");
  expect(Object.values(change).join(" ")).not.toMatch(/NaN|Infinity|∞/);
});

test("a point from an agent whose clock is ahead is drawn at the right edge", () => {
  const html = draw([pointAt(WINDOW.end + 4 * MINUTE, 7)]);
  expect(html).not.toContain("No metrics in the last hour");
  expect(html).toMatch(/<circle cx="100%" [^>]*class="chart-last"/);
});

const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  ["UTC", "2026-01-01"],
  ["Europe/Berlin", "2026-03-29"],
  ["Europe/Berlin", "2026-10-25"],
  ["America/New_York", "2026-11-01"],
  ["America/Santiago", "2026-09-06"],
  ["Australia/Lord_Howe", "2026-04-05"],
])("the time labels are distinct across daylight saving changes: %s, %s", (timeZone, day) => {
  const ranges = [
    [HOUR, MINUTE],
    [DAY, 10 * MINUTE],
    [7 * DAY, HOUR],
  ] as const;
  const middle = Date.parse(day);
  for (const [span, bucket] of ranges) {
    for (
      let now = middle - DAY;
      now < middle + Math.min(8 * DAY, 2 * span);
      now += Math.min(7 * HOUR, span / 3)
    ) {
      const html = draw([], windowOf(span, bucket, now), timeZone);
      const labels = [...html.matchAll(/class="chart-label">([^<]*)</g)].map(([, label]) => label);
      expect(labels.length, `${span} ${new Date(now).toISOString()}`).toBeGreaterThan(1);
      expect(new Set(labels).size, `${labels} at ${new Date(now).toISOString()}`).toBe(labels.length);
    }
  }
});

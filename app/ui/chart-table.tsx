/**
 * Chart data as a table: always available to screen readers, and shown by a native disclosure without
 * JavaScript.
 */
import type { ChartPoint } from "./chart-geometry.ts";
import { type DisplayFormat, formatMinute } from "./format.ts";
import { formatNumber } from "./format-number.ts";

/**
 * Renders the table, newest point first.
 *
 * @param points - The points in ascending order.
 */
export function ChartTable({
  name,
  points,
  display,
}: {
  name: string;
  points: readonly ChartPoint[];
  display: DisplayFormat;
}) {
  const number = (value: number) => formatNumber(value, display.locale);
  return (
    <>
      <details className="chart-disclosure">
        <summary>
          <span className="when-closed">Show as table</span>
          <span className="when-open">Hide the table</span>
        </summary>
      </details>
      <div className="chart-table">
        <table>
          <caption className="sr-only">{name}</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Value</th>
              <th scope="col">Count</th>
            </tr>
          </thead>
          <tbody>
            {points.toReversed().map(({ at, value, count }) => (
              <tr key={at}>
                <th scope="row">
                  <time dateTime={new Date(at).toISOString()}>{formatMinute(at, display)}</time>
                </th>
                <td>{number(value)}</td>
                <td>{number(count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Sums of the counters and histograms of a project: what did it cost. Sorted by the URL, and copyable. */
import { useRef } from "react";
import { Link } from "react-router";
import { api } from "../../convex/_generated/api.js";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { Card } from "../ui/card.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { formatNumber } from "../ui/format-number.ts";
import type { Agent } from "./overview.ts";
import { chartEnd, withParameters } from "./project-address.ts";
import type { Total } from "./project-query.ts";
import { sumOfToday } from "./today.ts";
import { asTabbed, COLUMNS, type Row, type SortBy, sorted, sortIn } from "./totals-table.ts";

/** More rows are shown only on request: a project may have a thousand. */
const MOST_ROWS = 50;

/**
 * Renders the table; nothing without counters and histograms.
 *
 * @param loaded - The loader's sums; null if Convex did not answer.
 * @param agents - The agents, live, which show whether there is a counter by now.
 * @param search - The query string of the URL, which has the order.
 */
export function Totals({
  projectId,
  loaded,
  agents,
  search,
  display,
}: {
  projectId: string;
  loaded: readonly Total[] | null;
  agents: readonly Agent[];
  search: string;
  display: DisplaySettings;
}) {
  const isNeeded =
    (loaded?.length ?? 0) > 0 || agents.some(({ metrics }) => metrics.some(({ kind }) => kind !== "gauge"));
  const until = chartEnd(display.now);
  const { value: live } = useLiveQuery(api.metrics.totals, isNeeded ? { projectId, until } : "skip", null);
  // A new minute is a new query; the sums of the last one stay until it is answered.
  const last = useRef<readonly Total[] | null>(loaded);
  if (live !== null) last.current = live;
  const totals = last.current ?? [];
  if (totals.length === 0) return null;
  const rows = totals.map(
    ({ agent, name, today, last7d, last30d }): Row => ({
      ...{ agent, name, today: sumOfToday(today, display), last7d, last30d },
    }),
  );
  const by = sortIn(search);
  const all = sorted(rows, by);
  const shown = new URLSearchParams(search).get("totals") === "all" ? all : all.slice(0, MOST_ROWS);
  return (
    <div id="totals" className="min-w-0">
      <Card title="Totals" intro="Sums since midnight in your time zone, and of the last 7 and 30 days.">
        <table className="totals" aria-label="Totals">
          <thead>
            <tr>
              {COLUMNS.map(({ key, label }) => (
                <Header key={key} by={key} label={label} isSorted={key === by} search={search} />
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ agent, name, today, last7d, last30d }) => (
              <tr key={`${agent}\n${name}`}>
                <th scope="row">
                  <bdi>{agent}</bdi>
                </th>
                <td className="totals-name">
                  <bdi>{name}</bdi>
                </td>
                <td data-label="Today">{formatNumber(today, display.locale)}</td>
                <td data-label="7 days">{formatNumber(last7d, display.locale)}</td>
                <td data-label="30 days">{formatNumber(last30d, display.locale)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        <div className="flex flex-wrap items-center justify-between gap-4">
          <CopyButton text={asTabbed(all)} what="the totals" />
          {all.length > shown.length ? (
            <Link
              to={`${withParameters(search, { totals: "all" })}#totals`}
              className="inline-flex min-h-11 items-center"
            >
              {`Show all ${all.length}`}
            </Link>
          ) : null}
        </div>
      </Card>
    </div>
  );
}

function Header({
  by,
  label,
  isSorted,
  search,
}: {
  by: SortBy;
  label: string;
  isSorted: boolean;
  search: string;
}) {
  const isText = by === "agent" || by === "name";
  return (
    <th scope="col" aria-sort={isSorted ? (isText ? "ascending" : "descending") : undefined}>
      <Link to={withParameters(search, { sort: by })} preventScrollReset className="totals-sort">
        <span>{label}</span>
        {isSorted ? <span aria-hidden="true">{isText ? " ↑" : " ↓"}</span> : null}
      </Link>
    </th>
  );
}

/** Time series of an agent: the chart of one of them, and a list to choose it from. */
import { useState } from "react";
import { Link } from "react-router";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { Card } from "../ui/card.tsx";
import { formatNumber } from "../ui/format-number.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import type { AgentDetails } from "./agent-forms.ts";
import { MetricPanel, NoMetricsPanel } from "./metric-panel.tsx";
import { shownMetric } from "./metric-words.ts";
import { agentPath, chosenIn } from "./project-address.ts";
import type { LoadedAgent } from "./project-query.ts";

/**
 * Renders the chart that the URL names, or else that of the newest metric, and the list.
 *
 * @param search - The query string of the URL.
 */
export function AgentSeries({
  projectId,
  search,
  agent: { agent, metrics, series },
  loaded,
  display,
}: {
  projectId: string;
  search: string;
  agent: AgentDetails;
  loaded: LoadedAgent | null;
  display: DisplaySettings;
}) {
  const { name: named, range } = chosenIn(search);
  // The newest metric when the page was opened; a newer one must not replace the chart being read.
  const [newest] = useState(() => loaded?.chart?.name ?? metrics[0]?.name);
  const name = named ?? newest ?? metrics[0]?.name;
  if (name === undefined) return <NoMetricsPanel />;
  const drawn = loaded?.chart?.name === name ? loaded.chart : null;
  const metric = series.find((one) => one.name === name);
  return (
    <>
      <MetricPanel
        key={name}
        projectId={projectId}
        agent={agent}
        name={name}
        kind={metric?.kind ?? drawn?.kind ?? "gauge"}
        range={range}
        buckets={drawn?.buckets ?? null}
        latest={metric === undefined ? null : { ...shownMetric(metric, display), at: metric.at }}
        pathOf={(range) => agentPath(projectId, agent, { name: named, range })}
        display={display}
      />
      {series.length > 1 ? (
        <Card title="Metrics">
          <ul aria-label="Metrics" className="metrics">
            {series.map((one) => {
              const { value, of } = shownMetric(one, display);
              return (
                <li key={one.name}>
                  <Link
                    to={agentPath(projectId, agent, { name: one.name, range })}
                    preventScrollReset
                    className="metric"
                    aria-current={one.name === name ? "true" : undefined}
                  >
                    <bdi className="event-what">{one.name}</bdi>
                    <span className="event-value">
                      <span>{formatNumber(value, display.locale)}</span>
                      {of === "" ? null : <span className="text-quiet">{` ${of}`}</span>}
                    </span>
                    <span className="event-when">
                      <RelativeTime at={one.at} {...display} />
                    </span>
                  </Link>
                </li>
              );
            })}
          </ul>
        </Card>
      ) : null}
    </>
  );
}

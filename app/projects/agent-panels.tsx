/** The agents of a project as large tiles, worst first, with a filter. */
import { memo, useState } from "react";
import { Link } from "react-router";
import { healthOf, type Outage } from "../../convex/model/health.ts";
import { HOUR_MS } from "../../convex/model/intervals.ts";
import type { Range } from "../../convex/model/ranges.ts";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { FieldSummary } from "../ui/field-summary.tsx";
import { formatAgo } from "../ui/format.ts";
import { formatCompact, wholeNumber } from "../ui/format-number.ts";
import { HEALTH_WORDS } from "../ui/health.ts";
import { IncidentMark } from "../ui/incident-mark.tsx";
import { usePlainAnchors } from "../ui/plain-anchors.ts";
import { timeAttributes } from "../ui/relative-time.tsx";
import { Sparkline } from "../ui/sparkline.tsx";
import {
  type AgentFilter,
  AgentFilterForm,
  filterIn,
  matching,
  NO_FILTER,
  withFilter,
} from "./agent-filter.tsx";
import { shortName, shownMetric } from "./metric-words.ts";
import { type Agent, judge, lineOf, shownTime } from "./overview.ts";
import { agentPath, withChart } from "./project-address.ts";
import { useArrivals } from "./use-arrivals.ts";

/** More agents than this get lower tiles. */
const MOST_ROOMY = 24;

type AgentMetric = Agent["metrics"][number];
type Judged = ReturnType<typeof judge<Agent>>[number];

/** Returns the metrics of an agent by name, so that they keep their places. */
function metricsOf({ metrics }: Agent): AgentMetric[] {
  return metrics.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Lists a project's agents, worst first.
 *
 * @param agents - The agents, live.
 * @param chosen - The metric whose chart is shown.
 * @param range - The range of the chart.
 * @param search - The query string of the URL, which has the filter.
 * @param outages - When the agents could not be judged, oldest first.
 */
export function AgentPanels({
  projectId,
  agents,
  chosen,
  range,
  search,
  outages,
  display,
}: {
  projectId: string;
  agents: readonly Agent[];
  chosen: { agent: string; name: string } | null;
  range: Range;
  search: string;
  outages: readonly Outage[];
  display: DisplaySettings;
}) {
  const judged = judge(agents, (agent) => healthOf(agent, display.now, outages));
  const reported = useArrivals(agents.map(({ agent, lastSeenAt }) => ({ agent, seen: lastSeenAt })));
  const followed = usePlainAnchors();
  // The tiles follow at once; the URL follows when the user pauses.
  const [typed, setTyped] = useState<AgentFilter | null>(null);
  const shown = matching(judged, typed ?? filterIn(search));
  const isDense = agents.length > MOST_ROOMY;
  return (
    <section aria-labelledby="agents" className="flex flex-col gap-4">
      <h2 id="agents" className="sr-only">
        Agents
      </h2>
      <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
        <AgentFilterForm search={search} onType={setTyped} />
        <div {...followed}>
          <FieldSummary agents={judged} linkOf={(health) => withFilter(search, { ...NO_FILTER, health })} />
        </div>
      </div>
      {shown.length === 0 ? <NoMatch search={search} /> : null}
      <ul {...followed} className={isDense ? "agents agents-dense" : "agents"}>
        {shown.map((agent) => (
          <AgentPanel
            key={agent.agent}
            projectId={projectId}
            agent={agent}
            flash={reported.has(agent.agent)}
            search={isDense ? null : search}
            range={range}
            chosen={chosen?.agent === agent.agent ? chosen.name : null}
            {...display}
          />
        ))}
      </ul>
    </section>
  );
}

function NoMatch({ search }: { search: string }) {
  return (
    <p className="flex flex-wrap gap-x-4">
      <span>No agents match your search.</span>
      <Link to={withFilter(search, NO_FILTER) || "?"} preventScrollReset>
        Show all agents
      </Link>
    </p>
  );
}

/**
 * Renders a tile.
 *
 * @param search - The query string of the URL; null in a large field. Its metrics link to the agent's page,
 *   because the chart of this page is far below.
 * @param chosen - The metric of this agent whose chart is shown; null if it is another's.
 */
const AgentPanel = memo(function AgentPanel({
  projectId,
  agent: judged,
  flash,
  search,
  range,
  chosen,
  ...display
}: DisplaySettings & {
  projectId: string;
  agent: Judged;
  flash: boolean;
  search: string | null;
  range: Range;
  chosen: string | null;
}) {
  const { agent, health, lastSeenAt, state, stateAt, message, incidents = 0 } = judged;
  const line = lineOf(judged);
  const at = shownTime(health, lastSeenAt, stateAt);
  return (
    <li className="agent" data-state={health}>
      <div className="agent-head">
        <h3 className="agent-name" title={agent}>
          <a href={agentPath(projectId, agent)}>{agent}</a>
        </h3>
        {line !== null && line.points.length > 1 ? (
          <Sparkline points={line.points} bucket={HOUR_MS} width={72} />
        ) : null}
      </div>
      <p className="agent-when">
        <span className="mark" data-state={health} aria-hidden="true" />
        <time {...timeAttributes(at, display)}>
          {`${HEALTH_WORDS[health]}, ${formatAgo(at, display.now, display)}`}
        </time>
        {state === null || state === health ? null : <span className="agent-state">{state}</span>}
      </p>
      <IncidentMark count={incidents} />
      {message === null ? null : (
        <p className="agent-message" title={message}>
          <bdi>{message}</bdi>
        </p>
      )}
      {judged.metrics.length === 0 ? null : (
        <ul className="agent-metrics">
          {metricsOf(judged).map((metric) => {
            const { name } = metric;
            const { value, of } = shownMetric(metric, display);
            const short = shortName(name);
            const shown = formatCompact(value, display.locale);
            return (
              <li key={name}>
                <a
                  href={
                    search === null
                      ? agentPath(projectId, agent, { name, range })
                      : withChart(search, { agent, name, range })
                  }
                  className="agent-metric"
                  aria-current={search !== null && name === chosen ? "true" : undefined}
                >
                  <span className="agent-metric-name" title={titleOf(name, short)}>
                    {short}
                  </span>
                  <span className="agent-metric-value" title={wholeNumber(value, display.locale)}>
                    {of === "" ? (
                      shown
                    ) : (
                      <>
                        <span>{shown}</span>
                        <span className="agent-metric-of">{` ${of}`}</span>
                      </>
                    )}
                  </span>
                </a>
              </li>
            );
          })}
        </ul>
      )}
      {flash ? <span key={lastSeenAt} className="tile-flash" aria-hidden="true" /> : null}
    </li>
  );
});

/** Names up to this length are never cut, not even beside two others in a low tile. */
const MAY_BE_CUT = 8;

const titleOf = (name: string, short: string) =>
  short === name && name.length <= MAY_BE_CUT ? undefined : name;

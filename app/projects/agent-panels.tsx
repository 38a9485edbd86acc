/** One panel per agent: its state, its newest metrics, and a sparkline of the newest one. */
import type { Range } from "../../convex/model/ranges.ts";
import type { Place } from "../data/use-place.ts";
import { useRowLinks } from "../react-router/row-links.ts";
import { changeOf } from "../ui/change.ts";
import { formatMinute } from "../ui/format.ts";
import { formatCompact, formatNumber } from "../ui/format-number.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { SmallLine } from "../ui/small-line.tsx";
import { tileState } from "../ui/tile-state.ts";
import { type Agent, lineOf, shownValue, silentFirst, tilesOf } from "./overview.ts";
import { metricPath } from "./project-address.ts";
import { useArrivals } from "./use-arrivals.ts";

const HOUR_MS = 3_600_000;

type Metric = { agent: string; name: string };
type AgentMetric = Agent["metrics"][number];

/** Returns the metrics of an agent by name, so that they keep their places. */
function metricsOf(agent: Agent | undefined): AgentMetric[] {
  return (agent?.metrics ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Lists a project's agents, silent ones first.
 *
 * @param agents - The agents, live.
 * @param chosen - The metric whose chart is shown.
 * @param range - The range that the links keep.
 */
export function AgentPanels({
  projectId,
  agents,
  chosen,
  range,
  place,
}: {
  projectId: string;
  agents: readonly Agent[];
  chosen: Metric | null;
  range: Range;
  place: Place;
}) {
  const tiles = tilesOf(agents);
  const arrived = useArrivals(tiles);
  const byName = new Map(agents.map((one) => [one.agent, one]));
  const rowLinks = useRowLinks();
  return (
    <section aria-labelledby="agents">
      <h2 id="agents" className="sr-only">
        Agents
      </h2>
      <ul {...rowLinks} className="agents">
        {silentFirst(tiles, place.now).map(({ agent, at }) => (
          <li key={agent} className="agent" data-state={tileState(at, place.now)}>
            <div className="agent-head">
              <h3 className="agent-name" title={agent}>
                {agent}
              </h3>
              <p className="agent-when">
                <State at={at} now={place.now} />
                <RelativeTime at={at} {...place} />
              </p>
            </div>
            <ul>
              {metricsOf(byName.get(agent)).map((metric) => (
                <li key={metric.name}>
                  <MetricLink
                    href={metricPath(projectId, { agent, name: metric.name, range })}
                    metric={metric}
                    current={chosen?.agent === agent && chosen.name === metric.name}
                    locale={place.locale}
                  />
                </li>
              ))}
            </ul>
            <Movement agent={byName.get(agent)} place={place} />
            {arrived.has(agent) ? <span key={at} className="tile-flash" aria-hidden="true" /> : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

const WORDS = { fresh: "Fresh", quiet: "Quiet", silent: "Silent" };

function State({ at, now }: { at: number; now: number }) {
  const state = tileState(at, now);
  return (
    <span className="inline-flex items-center gap-2">
      <span className="mark" data-state={state} aria-hidden="true" />
      <span>{`${WORDS[state]},`}</span>
    </span>
  );
}

function MetricLink({
  href,
  metric,
  current,
  locale,
}: {
  href: string;
  metric: AgentMetric;
  current: boolean;
  locale: string;
}) {
  const { name } = metric;
  const value = shownValue(metric);
  return (
    <a href={href} className="agent-metric" aria-current={current ? "true" : undefined}>
      <span className="agent-metric-name" title={name}>
        {name}
      </span>
      <span className="agent-metric-value" title={formatNumber(value, locale)}>
        {formatCompact(value, locale)}
      </span>
    </a>
  );
}

/** Shows how the agent's newest metric has changed over the time of its sparkline. */
function Movement({ agent, place }: { agent: Agent | undefined; place: Place }) {
  const line = agent === undefined ? null : lineOf(agent);
  const [first] = line?.points ?? [];
  const last = line?.points.at(-1);
  if (line === null || first === undefined || last === undefined || line.points.length < 2) return null;
  const { arrow, brief, words } = changeOf(first.value, last.value, place.locale);
  const since = formatMinute(first.at, place);
  return (
    <div className="agent-movement">
      <SmallLine points={line.points} bucket={HOUR_MS} />
      <p title={`${line.name} since ${since}`}>
        <span aria-hidden="true">{`${arrow} ${brief}`}</span>
        <span className="sr-only">{`${line.name} ${words} since ${since}`}</span>
      </p>
    </div>
  );
}

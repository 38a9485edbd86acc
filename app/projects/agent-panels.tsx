/** One panel per agent: its state, the latest value of each metric, and a sparkline of the newest one. */

import { api } from "../../convex/_generated/api.js";
import type { Range } from "../../convex/model/ranges.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import type { Place } from "../data/use-place.ts";
import { useRowLinks } from "../react-router/row-links.ts";
import { changeOf } from "../ui/change.ts";
import { formatMinute } from "../ui/format.ts";
import { formatCompact, formatNumber } from "../ui/format-number.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { SmallLine } from "../ui/small-line.tsx";
import { tileState } from "../ui/tile-state.ts";
import { newestOfEach, silentFirst } from "./overview.ts";
import { metricPath } from "./project-address.ts";
import type { Latest, Line } from "./project-query.ts";
import { useArrivals } from "./use-arrivals.ts";

const HOUR_MS = 3_600_000;

type Metric = { agent: string; name: string };

/** Returns every agent, silent ones first, with all its metrics by name. */
function agentsOf(latest: readonly Latest[], now: number) {
  const byName = latest.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return silentFirst(newestOfEach(latest), now).map((newest) => ({
    agent: newest.agent,
    metrics: byName.filter(({ agent }) => agent === newest.agent),
    newest,
  }));
}

/**
 * Lists a project's agents, silent ones first.
 *
 * @param latest - The latest value of each metric, live.
 * @param lines - The loader's sparklines.
 * @param chosen - The metric whose chart is shown.
 * @param range - The range that the links keep.
 */
export function AgentPanels({
  projectId,
  latest,
  lines,
  chosen,
  range,
  place,
}: {
  projectId: string;
  latest: readonly Latest[];
  lines: readonly Line[];
  chosen: Metric | null;
  range: Range;
  place: Place;
}) {
  const arrived = useArrivals(latest);
  const rowLinks = useRowLinks();
  return (
    <section aria-labelledby="agents">
      <h2 id="agents" className="sr-only">
        Agents
      </h2>
      <ul {...rowLinks} className="agents">
        {agentsOf(latest, place.now).map(({ agent, metrics, newest }) => (
          <li key={agent} className="agent" data-state={tileState(newest.at, place.now)}>
            <div className="agent-head">
              <h3 className="agent-name" title={agent}>
                {agent}
              </h3>
              <p className="agent-when">
                <State at={newest.at} now={place.now} />
                <RelativeTime at={newest.at} {...place} />
              </p>
            </div>
            <ul>
              {metrics.map((metric) => (
                <li key={metric.name}>
                  <MetricLink
                    href={metricPath(projectId, { ...metric, range })}
                    metric={metric}
                    current={chosen?.agent === agent && chosen.name === metric.name}
                    locale={place.locale}
                  />
                </li>
              ))}
            </ul>
            <Movement
              projectId={projectId}
              newest={newest}
              line={lines.find((line) => line.agent === agent && line.name === newest.name) ?? null}
              place={place}
            />
            {arrived.has(agent) ? <span key={newest.at} className="tile-flash" aria-hidden="true" /> : null}
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
  metric: { name, value },
  current,
  locale,
}: {
  href: string;
  metric: Latest;
  current: boolean;
  locale: string;
}) {
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
function Movement({
  projectId,
  newest: { agent, name, value },
  line,
  place,
}: {
  projectId: string;
  newest: Latest;
  line: Line | null;
  place: Place;
}) {
  const { value: live } = useLiveQuery(api.metrics.line, { projectId, agent, name }, line);
  const points = live?.points ?? [];
  const [first] = points;
  if (first === undefined || points.length < 2) return null;
  const { arrow, brief, words } = changeOf(first.value, value, place.locale);
  const since = formatMinute(first.at, place);
  return (
    <div className="agent-movement">
      <SmallLine points={points} bucket={HOUR_MS} />
      <p title={`${name} since ${since}`}>
        <span aria-hidden="true">{`${arrow} ${brief}`}</span>
        <span className="sr-only">{`${name} ${words} since ${since}`}</span>
      </p>
    </div>
  );
}

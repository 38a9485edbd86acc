/** Page of an agent: its health, states, time series, events and settings, each with its own live query. */
import { useEffect } from "react";
import { Link, useNavigation } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { healthOf, type Outage, type State } from "../../convex/model/health.ts";
import { mayManageProject } from "../../convex/model/roles.ts";
import { OutageNotice } from "../alerts/outage-notice.tsx";
import { useFailure } from "../data/form-action.ts";
import { useLive } from "../data/live-context.ts";
import { type DisplaySettings, useDisplaySettings } from "../data/use-display-settings.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { Card } from "../ui/card.tsx";
import { formatMinute } from "../ui/format.ts";
import { HEALTH_WORDS } from "../ui/health.ts";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import type { AgentDetails } from "./agent-forms.ts";
import { AgentSeries } from "./agent-series.tsx";
import { AgentSettings } from "./agent-settings.tsx";
import { Events } from "./events.tsx";
import { Gone } from "./gone.tsx";
import { inWords } from "./interval-words.ts";
import { shownTime } from "./overview.ts";
import { projectPath } from "./project-address.ts";
import { isGone, type LoadedAgent } from "./project-query.ts";

/**
 * Renders the page of an agent.
 *
 * @param agent - The name in the URL.
 * @param search - The query string of the URL.
 * @param loaded - The loader's data; null if Convex did not answer.
 */
export function AgentPage({
  projectId,
  agent: name,
  search,
  loaded,
}: {
  projectId: string;
  agent: string;
  search: string;
  loaded: LoadedAgent | null;
}) {
  const { viewer } = useLive();
  const display = useDisplaySettings();
  const { state } = useNavigation();
  const args = { projectId, agent: name };
  const { value: agent, error } = useLiveQuery(api.agents.get, args, loaded?.agent ?? null);
  const { value: outages } = useLiveQuery(api.incidents.outages, { projectId }, loaded?.outages ?? []);
  const rejection = useFailure()?.errors.form;
  const gone = isGone(error) && state === "idle";
  const title = gone ? "Not found" : name;
  useEffect(() => {
    document.title = `${title} · Mosaic`;
  }, [title]);
  if (gone) return <Gone what="This project or agent was deleted, or you are no longer in the project." />;
  if (agent === null) {
    return (
      <Page title={name}>
        {rejection ? <Notice kind="alert">{rejection}</Notice> : null}
        <Notice kind="alert">Live data is unavailable. The agent shows here as soon as it is back.</Notice>
      </Page>
    );
  }
  const manages =
    loaded !== null &&
    viewer !== null &&
    loaded.project.archivedAt === null &&
    mayManageProject(viewer.role, loaded.membership);
  const { cursor, ...filters } = Object.fromEntries(new URLSearchParams(search));
  return (
    <Page
      title={name}
      intro={
        <Facts projectId={projectId} loaded={loaded} agent={agent} outages={outages} display={display} />
      }
    >
      <OutageNotice outages={outages} display={display} />
      {rejection ? <Notice kind="alert">{rejection}</Notice> : null}
      {agent.retiredAt === null ? null : (
        <Notice kind="alert">
          <span>Retired </span>
          <RelativeTime at={agent.retiredAt} {...display} />
          <span>. It is shown again when it reports.</span>
        </Notice>
      )}
      <AgentSeries projectId={projectId} search={search} agent={agent} loaded={loaded} display={display} />
      <div className="grid items-start gap-6 wide:grid-cols-2">
        <div className="flex min-w-0 flex-col gap-6">
          <States projectId={projectId} agent={name} loaded={loaded} display={display} />
          {manages ? <AgentSettings projectId={projectId} agent={agent} display={display} /> : null}
        </div>
        <Events
          projectId={projectId}
          agent={name}
          recent={loaded?.recent ?? null}
          older={cursor !== undefined}
          filters={filters}
          display={display}
        />
      </div>
    </Page>
  );
}

/** Renders the health, the message, the project, and the rhythm of the agent. */
function Facts({
  projectId,
  loaded,
  agent,
  outages,
  display,
}: {
  projectId: string;
  loaded: LoadedAgent | null;
  agent: AgentDetails;
  outages: readonly Outage[];
  display: DisplaySettings;
}) {
  const health = healthOf(agent, display.now, outages);
  const { everyMs, everySetMs, mutedUntil, message, lastSeenAt, stateAt } = agent;
  return (
    <div className="flex flex-col gap-1">
      <p className="flex flex-wrap items-center gap-x-2 text-large text-ink">
        <span className="mark" data-state={health} aria-hidden="true" />
        <span className="font-strong">{`${HEALTH_WORDS[health]},`}</span>
        <RelativeTime at={shownTime(health, lastSeenAt, stateAt)} {...display} />
      </p>
      {message === null ? null : (
        <p className="text-ink [overflow-wrap:anywhere]">
          <bdi>{message}</bdi>
        </p>
      )}
      <p className="flex flex-wrap gap-x-4 gap-y-1">
        {loaded ? (
          <span>
            In{" "}
            <Link to={projectPath(projectId)} className="inline-target">
              <bdi>{loaded.project.name}</bdi>
            </Link>
          </span>
        ) : null}
        <span>
          Last seen <RelativeTime at={lastSeenAt} {...display} />
        </span>
        {everyMs === null ? null : (
          <span>{`Reports ${inWords(everyMs)} (${everySetMs === null ? "learned" : "set"})`}</span>
        )}
        {health === "muted" && mutedUntil !== null ? (
          <span>{`Muted until ${formatMinute(mutedUntil, display)}`}</span>
        ) : null}
      </p>
    </div>
  );
}

const STATE_LOOKS: Readonly<Record<State, { word: string; mark: string }>> = {
  working: { word: "Working", mark: "fresh" },
  waiting: { word: "Waiting", mark: "waiting" },
  done: { word: "Done", mark: "done" },
  failed: { word: "Failed", mark: "failed" },
};

function States({
  projectId,
  agent,
  loaded,
  display,
}: {
  projectId: string;
  agent: string;
  loaded: LoadedAgent | null;
  display: DisplaySettings;
}) {
  const { value } = useLiveQuery(api.agents.history, { projectId, agent }, loaded?.history ?? null);
  if (value === null) return null;
  return (
    <Card title="States">
      {value.length === 0 ? (
        <p className="text-quiet">It has not reported a state yet.</p>
      ) : (
        <ul aria-label="States" className="events">
          {value.map(({ state, message, at }) => (
            <li key={`${at} ${state}`} className="event">
              <span className="event-what">
                <span className="mark" data-state={STATE_LOOKS[state].mark} aria-hidden="true" />{" "}
                <span className="font-strong">{STATE_LOOKS[state].word}</span>{" "}
                {message === null ? null : <bdi className="text-quiet">{message}</bdi>}
              </span>
              <span className="event-when">
                <RelativeTime at={at} {...display} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

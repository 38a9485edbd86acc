/** Project page: agents, chart, events, members and API keys, each with its own live query. */
import { useEffect, useState } from "react";
import { useNavigation } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { mayManageProject, roleAllows } from "../../convex/model/roles.ts";
import type { CreatedChannel } from "../alerts/alert-forms.ts";
import { Alerts } from "../alerts/alerts.tsx";
import { OutageNotice } from "../alerts/outage-notice.tsx";
import { useFailure } from "../data/form-action.ts";
import { useLive } from "../data/live-context.ts";
import { useDisplaySettings } from "../data/use-display-settings.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import type { Inviting } from "./add-member.tsx";
import { AgentPanels } from "./agent-panels.tsx";
import type { CreatedKey } from "./create-forms.ts";
import { Dropped } from "./dropped.tsx";
import { Events } from "./events.tsx";
import { Gone } from "./gone.tsx";
import type { Guide } from "./guide.ts";
import { Keys } from "./keys.tsx";
import { Leaving } from "./leaving.tsx";
import { MetricPanel, NoMetricsPanel } from "./metric-panel.tsx";
import { shownMetric } from "./metric-words.ts";
import { newestLine } from "./overview.ts";
import { People } from "./people.tsx";
import { projectArgs, withChart } from "./project-address.ts";
import { isGone, type LoadedProject } from "./project-query.ts";
import { RenameProject } from "./rename-project.tsx";
import { Totals } from "./totals.tsx";
import { Unsent } from "./unsent.tsx";

/**
 * Renders the page of a project.
 *
 * @param search - The query string of the URL.
 * @param loaded - The loader's data; null if Convex did not answer.
 * @param guides - Ways to send, for users who may manage API keys.
 * @param inviting - How invited users learn that they are.
 * @param revealed - The API key that the last form created, if it was sent over HTTP.
 * @param revealedChannel - The alert channel that it created.
 */
export function ProjectPage({
  projectId,
  search,
  loaded,
  guides,
  inviting,
  revealed,
  revealedChannel,
}: {
  projectId: string;
  search: string;
  loaded: LoadedProject | null;
  guides: readonly Guide[];
  inviting: Inviting;
  revealed: CreatedKey | null;
  revealedChannel: CreatedChannel | null;
}) {
  const { viewer } = useLive();
  const display = useDisplaySettings();
  const { state } = useNavigation();
  const [created, setCreated] = useState<CreatedKey | null>(null);
  const { value: project, error } = useLiveQuery(api.projects.get, { projectId }, loaded?.project ?? null);
  const { value: agents } = useLiveQuery(api.projects.overview, { projectId }, loaded?.agents ?? null);

  const { value: outages } = useLiveQuery(api.incidents.outages, { projectId }, loaded?.outages ?? []);

  // Field errors are shown at the field, errors of the whole form at the top.
  const rejection = useFailure()?.errors.form;

  // A user who deletes or leaves the project is already navigating away.
  const gone = isGone(error) && state === "idle";
  const title = gone ? "Not found" : (project?.name ?? "Project");
  useEffect(() => {
    document.title = `${title} · Mosaic`;
  }, [title]);
  if (gone) return <Gone what="This project was deleted, or you are no longer in it." />;
  if (project === null) {
    return (
      <Page title="Project">
        {rejection ? <Notice kind="alert">{rejection}</Notice> : null}
        <Notice kind="alert">Live data is unavailable. The project shows here as soon as it is back.</Notice>
        <Unsent projectId={projectId} inviting={inviting} onCreated={setCreated} />
      </Page>
    );
  }

  const membership = project.members.find(({ userId }) => userId === viewer?._id)?.role ?? null;
  const mayManage = viewer !== null && mayManageProject(viewer.role, membership);
  const archived = project.archivedAt !== null;
  const manages = mayManage && !archived;
  const owner = project.members.find(({ role }) => role === "owner");
  const keys = manages ? (
    <Keys
      project={project}
      keys={loaded?.keys ?? null}
      guides={guides}
      display={display}
      created={created ?? revealed}
      onCreated={setCreated}
    />
  ) : null;
  const empty = agents?.length === 0;
  return (
    <Page
      title={project.name}
      intro={
        <div className="flex flex-wrap gap-x-6 gap-y-1">
          {archived ? <span>Archived, read-only</span> : null}
          <span>
            {membership === "owner"
              ? "Your project"
              : `A project of ${owner?.firstName || owner?.email || "nobody"}`}
          </span>
        </div>
      }
    >
      {rejection ? <Notice kind="alert">{rejection}</Notice> : null}
      <OutageNotice outages={outages} display={display} />
      <Dropped dropped={project.dropped} display={display} />
      {empty ? <NoMetrics manages={manages} /> : null}
      {empty ? keys : null}
      {agents && !empty ? (
        <Figures
          projectId={projectId}
          search={search}
          loaded={loaded}
          agents={agents}
          outages={outages}
          display={display}
        />
      ) : null}
      <Alerts
        projectId={projectId}
        agents={(agents ?? []).map(({ agent }) => agent)}
        loaded={loaded?.alerts ?? null}
        manages={manages}
        revealed={revealedChannel}
        display={display}
      />
      <div className="grid items-start gap-6 wide:grid-cols-2">
        <Events
          projectId={projectId}
          recent={loaded?.recent ?? null}
          older={new URLSearchParams(search).has("cursor")}
          filters={withoutCursor(search)}
          display={display}
        />
        <div className="flex min-w-0 flex-col gap-6">
          <People project={project} manages={manages} viewerId={viewer?._id ?? null} inviting={inviting} />
          {manages ? <RenameProject projectId={projectId} project={project} /> : null}
          <Leaving
            projectId={projectId}
            name={project.name}
            archived={archived}
            mayArchive={mayManage}
            mayLeave={membership === "member"}
            mayDelete={viewer !== null && roleAllows(viewer.role, "projects.delete")}
          />
        </div>
      </div>
      {empty ? null : keys}
    </Page>
  );
}

/** Shows the agents and the chart of one of their metrics. */
function Figures({
  projectId,
  search,
  loaded,
  agents,
  outages,
  display,
}: {
  projectId: string;
  search: string;
  loaded: LoadedProject | null;
  agents: LoadedProject["agents"];
  outages: LoadedProject["outages"];
  display: ReturnType<typeof useDisplaySettings>;
}) {
  const { range, ...named } = projectArgs({ params: {}, url: new URL(`http://localhost/${search}`) });
  // The newest metric when the page was opened; a newer one must not replace the chart being read.
  const [newest] = useState(() => loaded?.chart ?? newestLine(agents));
  const chosen =
    named.agent !== undefined && named.name !== undefined
      ? { agent: named.agent, name: named.name }
      : (newest ?? newestLine(agents));
  const drawn = loaded?.chart;
  const isDrawn = drawn && drawn.agent === chosen?.agent && drawn.name === chosen.name;
  const metric = agents
    .find(({ agent }) => agent === chosen?.agent)
    ?.metrics.find(({ name }) => name === chosen?.name);
  return (
    <>
      <AgentPanels
        projectId={projectId}
        agents={agents}
        chosen={chosen}
        range={range}
        search={search}
        outages={outages}
        display={display}
      />
      {chosen ? (
        <MetricPanel
          key={`${chosen.agent}\n${chosen.name}`}
          projectId={projectId}
          agent={chosen.agent}
          name={chosen.name}
          kind={metric?.kind ?? (isDrawn ? drawn.kind : "gauge")}
          range={range}
          buckets={isDrawn ? drawn.buckets : null}
          pathOf={(range) => withChart(search, { ...chosen, range })}
          latest={metric === undefined ? null : { ...shownMetric(metric, display), at: metric.at }}
          display={display}
        />
      ) : (
        <NoMetricsPanel />
      )}
      <Totals
        projectId={projectId}
        loaded={loaded?.totals ?? null}
        agents={agents}
        search={search}
        display={display}
      />
    </>
  );
}

function NoMetrics({ manages }: { manages: boolean }) {
  return (
    <EmptyState title="No metrics yet">
      {manages ? (
        <p>Create a key below, then send with it. This page is live with the first report.</p>
      ) : (
        <p>They show here as soon as an agent sends one. The project’s owner has the keys for that.</p>
      )}
    </EmptyState>
  );
}

function withoutCursor(search: string): Record<string, string> {
  const { cursor: _, ...filters } = Object.fromEntries(new URLSearchParams(search));
  return filters;
}

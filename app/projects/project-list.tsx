/**
 * Live list of a user's projects, for the home page and the dashboard. Each project updates independently.
 */
import { memo, type ReactNode, useMemo, useRef } from "react";
import { api } from "../../convex/_generated/api.js";
import { HOUR_MS } from "../../convex/model/intervals.ts";
import { mayManageProject } from "../../convex/model/roles.ts";
import { useLive } from "../data/live-context.ts";
import { type DisplaySettings, useDisplaySettings } from "../data/use-display-settings.ts";
import { useLiveQueries } from "../data/use-live-queries.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { useRowLinks } from "../react-router/row-links.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { formatCount } from "../ui/format-number.ts";
import { Notice } from "../ui/notice.tsx";
import { ProjectField, ProjectFields } from "../ui/project-field.tsx";
import { Sparkline } from "../ui/sparkline.tsx";
import { ArchivedProjects } from "./archived-projects.tsx";
import { WAITING } from "./create-forms.ts";
import { FirstKey, FirstKeyButton } from "./first-key.tsx";
import { type Figures, figuresOf, type Loaded } from "./list-data.ts";
import { type Agent, drawnTiles, type Line, worstFirst } from "./overview.ts";
import { agentPath, projectPath } from "./project-address.ts";
import { Summary } from "./summary.tsx";
import { keepEqual, useUnchanged, useUnchangedItems } from "./unchanged.ts";
import { reportedSince } from "./use-arrivals.ts";

type Project = Pick<
  (typeof api.projects.mine._returnType)[number],
  "_id" | "name" | "role" | "archivedAt" | "restoredAt"
>;

const NONE: Figures = { tiles: [], line: null };
const NO_OUTAGES: Loaded["outages"] = [];

/**
 * Lists the projects, worst state first.
 *
 * @param empty - The next step, shown if there are no projects.
 * @param start - The form for that step, if the page does not show it anyway.
 */
export function ProjectList({
  loaded,
  empty,
  start,
}: {
  /** Null if Convex did not answer. */
  loaded: Loaded | null;
  empty: ReactNode;
  start?: ReactNode;
}) {
  const { viewer } = useLive();
  const display = useDisplaySettings();
  const { value: all } = useLiveQuery(api.projects.mine, viewer ? {} : "skip", loaded?.projects ?? null);
  const { value: latestOutages } = useLiveQuery(
    api.incidents.outages,
    viewer ? {} : "skip",
    loaded?.outages ?? NO_OUTAGES,
  );
  const outages = useUnchanged(latestOutages);
  const projects = useUnchangedItems(all && rowsOf(all));
  const figures = useFigures(projects ?? [], loaded);
  const summaries = useMemo(
    () => new Map(loaded?.projects.map(({ _id, summary }) => [String(_id), summary])),
    [loaded],
  );
  const rowLinks = useRowLinks();
  if (projects === null || all === null) {
    return (
      <Notice kind="alert">Live data is unavailable. Your projects show here as soon as it is back.</Notice>
    );
  }
  if (projects.length === 0) {
    return (
      <>
        <EmptyState title="No projects yet">{empty}</EmptyState>
        {start}
        <ArchivedProjects projects={all} />
      </>
    );
  }
  const mayManage = ({ _id, role }: Project) =>
    viewer !== null && !_id.startsWith(WAITING) && mayManageProject(viewer.role, role);
  const listed = projects.map((project) => {
    const isNew = project._id.startsWith(WAITING);
    const shown = isNew ? NONE : figures(project._id);
    const summary = summaries.get(project._id);
    const tiles = shown && drawnTiles(shown.tiles, display, { ...project, outages });
    return { ...project, project, shown, summary, tiles };
  });
  // The summary is correct only if something is known of every project.
  const known = listed.every(({ shown, summary }) => shown !== null || summary !== undefined);
  return (
    <>
      {known ? <Summary projects={listed} display={display} /> : null}
      <FirstKey />
      <ProjectFields {...rowLinks}>
        {worstFirst(listed, display.now).map(({ _id, project, shown, summary }) => (
          <OneProject
            key={_id}
            project={project}
            figures={shown}
            agents={summary?.agents ?? null}
            mayCreateKey={mayManage(project)}
            outages={outages}
            {...display}
          />
        ))}
      </ProjectFields>
      <ArchivedProjects projects={all} />
    </>
  );
}

/** Returns the projects that are not archived, with what a row shows. */
function rowsOf(projects: readonly Project[]): Project[] {
  return projects.flatMap(({ _id, name, role, archivedAt, restoredAt }) =>
    archivedAt === null
      ? [{ _id, name, role, archivedAt, ...(restoredAt !== undefined && { restoredAt }) }]
      : [],
  );
}

const NO_AGENTS: Readonly<Record<string, Agent[]>> = {};

/** Figures by the agents that they were made of, so that a project renders only when its own change. */
const made = new WeakMap<readonly Agent[], Figures>();

function rememberedFigures(agents: readonly Agent[], loaded: Figures | null): Figures {
  const known = made.get(agents) ?? keepEqual(loaded, figuresOf(agents));
  made.set(agents, known);
  return known;
}

/** Returns a function that returns the figures of a project; null until they are known. */
function useFigures(
  projects: readonly Project[],
  loaded: Loaded | null,
): (projectId: string) => Figures | null {
  const initial = useMemo(
    () => new Map(loaded?.projects.map(({ _id, figures }) => [String(_id), figures])),
    [loaded],
  );
  const ids = projects.map(({ _id }) => _id).filter((id) => !id.startsWith(WAITING));
  const live = useLiveQueries(api.projects.overview, ids, (projectId) => ({ projectId }), NO_AGENTS);
  return (projectId) => {
    const agents = live[projectId];
    const loadedFigures = initial.get(projectId) ?? null;
    return agents === undefined ? loadedFigures : rememberedFigures(agents, loadedFigures);
  };
}

/**
 * Renders only when its own data or the clock changes. Marked pure so that the guests' bundle can drop it.
 */
const OneProject = /* @__PURE__ */ memo(function OneProject({
  project,
  figures,
  agents,
  mayCreateKey,
  outages,
  ...display
}: DisplaySettings & {
  project: Project;
  figures: Figures | null;
  agents: number | null;
  mayCreateKey: boolean;
  outages: Loaded["outages"];
}) {
  const { tiles, line } = figures ?? NONE;
  const opened = useRef(figures?.tiles ?? null);
  opened.current ??= figures?.tiles ?? null;
  const flashing = useMemo(() => reportedSince(opened.current ?? tiles, tiles), [tiles]);
  const waiting = project._id.startsWith(WAITING);
  const page = projectPath(project._id);
  return (
    <ProjectField
      project={{ ...project, agents: figures && drawnTiles(tiles, display, { ...project, outages }) }}
      href={waiting ? null : page}
      tileHref={({ agent }) => agentPath(project._id, agent)}
      waiting={waiting}
      flashing={flashing}
      line={line && line.points.length > 1 ? <NewestLine line={line} /> : null}
      next={
        figures === null ? (
          <p>{agents === null ? "" : formatCount(agents, "agent")}</p>
        ) : (
          <>
            <p>No metrics yet</p>
            {mayCreateKey ? <FirstKeyButton page={page} /> : null}
          </>
        )
      }
      {...display}
    />
  );
});

function NewestLine({ line: { agent, name, points } }: { line: Line }) {
  return (
    <div className="project-line">
      <Sparkline points={points} bucket={HOUR_MS} />
      <p className="truncate text-small text-quiet" title={`${name} of ${agent}, by the hour`}>
        <bdi>{name}</bdi> of <bdi>{agent}</bdi>
      </p>
    </div>
  );
}

/**
 * Live list of a user's projects, for the home page and the dashboard. Each project updates independently.
 */
import { type ReactNode, useMemo } from "react";
import { api } from "../../convex/_generated/api.js";
import { mayManageProject } from "../../convex/model/roles.ts";
import { useLive } from "../data/live-context.ts";
import { useDisplaySettings } from "../data/use-display-settings.ts";
import { useLiveQueries } from "../data/use-live-queries.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { Notice } from "../ui/notice.tsx";
import { usePlainAnchors } from "../ui/plain-anchors.ts";
import { ArchivedProjects } from "./archived-projects.tsx";
import { WAITING } from "./create-forms.ts";
import { FirstKey } from "./first-key.tsx";
import {
  type Figures,
  figuresOf,
  type Loaded,
  type LoadedRow,
  loadedFigures,
  NO_FIGURES,
} from "./list-data.ts";
import { type Agent, drawnTiles, worstFirst } from "./overview.ts";
import { type Project, ProjectRow } from "./project-row.tsx";
import { Summary } from "./summary.tsx";
import { keepEqual, useUnchanged, useUnchangedItems } from "./unchanged.ts";

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
  const first = useMemo(
    () => new Map(loaded?.projects.map((project) => [String(project._id), project])),
    [loaded],
  );
  const figures = useFigures(projects ?? [], first);
  const followed = usePlainAnchors();
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
    const shown = isNew ? NO_FIGURES : figures(project._id);
    const summary = first.get(project._id)?.summary;
    const tiles = shown && drawnTiles(shown.tiles, display, { ...project, outages });
    return { ...project, project, shown, summary, tiles };
  });
  // The summary is correct only if something is known of every project.
  const known = listed.every(({ shown, summary }) => shown !== null || summary !== undefined);
  return (
    <>
      {known ? <Summary projects={listed} display={display} /> : null}
      <FirstKey>
        <ul {...followed} className="flex flex-col gap-3">
          {worstFirst(listed, display.now).map(({ _id, project, shown, summary }) => (
            <ProjectRow
              key={_id}
              project={project}
              figures={shown}
              agents={summary?.agents ?? null}
              mayCreateKey={mayManage(project)}
              outages={outages}
              {...display}
            />
          ))}
        </ul>
      </FirstKey>
      <ArchivedProjects projects={all} />
    </>
  );
}

/** Returns the projects that are not archived, with what a row shows. */
function rowsOf(projects: readonly (Project & { archivedAt?: number | null })[]): Project[] {
  return projects
    .filter(({ archivedAt }) => archivedAt == null)
    .map(({ _id, name, role, restoredAt }) =>
      restoredAt === undefined ? { _id, name, role } : { _id, name, role, restoredAt },
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

/**
 * Returns a function that returns the figures of a project; null until they are known.
 *
 * @param first - The loader's projects, by id.
 */
function useFigures(
  projects: readonly Project[],
  first: ReadonlyMap<string, LoadedRow>,
): (projectId: string) => Figures | null {
  const ids = projects.map(({ _id }) => _id).filter((id) => !id.startsWith(WAITING));
  const live = useLiveQueries(api.projects.overview, ids, (projectId) => ({ projectId }), NO_AGENTS);
  return (projectId) => {
    const agents = live[projectId];
    const loaded = first.get(projectId);
    const figures = loaded ? loadedFigures(loaded) : null;
    return agents === undefined ? figures : rememberedFigures(agents, figures);
  };
}

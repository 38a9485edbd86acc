/**
 * Live list of a user's projects, for the home page and the dashboard. Each project updates independently.
 */
import { memo, type ReactNode, useMemo, useRef } from "react";
import { api } from "../../convex/_generated/api.js";
import { mayManageProject } from "../../convex/model/roles.ts";
import { useLive } from "../data/live-context.ts";
import { useLiveQueries } from "../data/use-live-queries.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { type Place, usePlace } from "../data/use-place.ts";
import { useRowLinks } from "../react-router/row-links.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { Notice } from "../ui/notice.tsx";
import { ProjectField, ProjectFields } from "../ui/project-field.tsx";
import { SmallLine } from "../ui/small-line.tsx";
import { WAITING } from "./create-forms.ts";
import { FirstKey, FirstKeyButton } from "./first-key.tsx";
import type { Loaded } from "./list-data.ts";
import { type Metric, newestOfEach, silentFirst, worstFirst } from "./overview.ts";
import { metricPath, projectPath } from "./project-address.ts";
import type { Line } from "./project-query.ts";
import { Summary } from "./summary.tsx";
import { arrivedSince } from "./use-arrivals.ts";

type Project = Pick<(typeof api.projects.mine._returnType)[number], "_id" | "name" | "role">;

const HOUR_MS = 3_600_000;
const NONE: readonly Metric[] = [];

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
  const place = usePlace();
  const { value: projects } = useLiveQuery(api.projects.mine, viewer ? {} : "skip", loaded?.projects ?? null);
  const { agents, lines } = useFigures(projects ?? [], loaded);
  const rowLinks = useRowLinks();
  if (projects === null) {
    return (
      <Notice kind="alert">Live data is unavailable. Your projects show here as soon as it is back.</Notice>
    );
  }
  if (projects.length === 0) {
    return (
      <>
        <EmptyState title="No projects yet">{empty}</EmptyState>
        {start}
      </>
    );
  }
  const mayManage = ({ _id, role }: Project) =>
    viewer !== null && !_id.startsWith(WAITING) && mayManageProject(viewer.role, role);
  const listed = projects.map((project) => {
    const metrics = agents[project._id] ?? NONE;
    return { ...project, project, metrics, agents: newestOfEach(metrics) };
  });
  // The summary is correct only after every project has loaded.
  const known = projects.every(({ _id }) => _id.startsWith(WAITING) || agents[_id] !== undefined);
  return (
    <>
      {known ? <Summary projects={listed} place={place} /> : null}
      <FirstKey />
      <ProjectFields {...rowLinks}>
        {worstFirst(listed, place.now).map(({ _id, project, metrics }) => (
          <OneProject
            key={_id}
            project={project}
            metrics={metrics}
            line={lines[_id] ?? null}
            mayCreateKey={mayManage(project)}
            {...place}
          />
        ))}
      </ProjectFields>
    </>
  );
}

/** Returns the tiles and the sparkline of each project, by project id. */
function useFigures(projects: readonly Project[], loaded: Loaded | null) {
  const initial = useMemo(
    () => ({
      agents: Object.fromEntries(loaded?.projects.map(({ _id, agents }) => [_id, agents]) ?? []),
      lines: Object.fromEntries(loaded?.lines.map((line) => [line.projectId, line]) ?? []),
    }),
    [loaded],
  );
  const made = projects.map(({ _id }) => _id).filter((id) => !id.startsWith(WAITING));
  const argsOf = (projectId: string) => ({ projectId });
  return {
    agents: useLiveQueries(api.metrics.latest, made, argsOf, initial.agents),
    lines: useLiveQueries(api.metrics.line, made, argsOf, initial.lines),
  };
}

/**
 * Renders only when its own data or the clock changes. Marked pure so that the guests' bundle can drop it.
 */
const OneProject = /* @__PURE__ */ memo(function OneProject({
  project,
  metrics,
  line,
  mayCreateKey,
  ...place
}: Place & { project: Project; metrics: readonly Metric[]; line: Line | null; mayCreateKey: boolean }) {
  const opened = useRef(metrics);
  const flashing = useMemo(() => arrivedSince(opened.current, metrics), [metrics]);
  const tiles = silentFirst(
    useMemo(() => newestOfEach(metrics), [metrics]),
    place.now,
  );
  const waiting = project._id.startsWith(WAITING);
  return (
    <ProjectField
      project={{ ...project, agents: tiles }}
      href={waiting ? null : projectPath(project._id)}
      tileHref={(tile) => metricPath(project._id, tile)}
      waiting={waiting}
      flashing={flashing}
      line={line && line.points.length > 1 ? <NewestLine line={line} /> : null}
      next={mayCreateKey ? <FirstKeyButton projectId={project._id} /> : null}
      {...place}
    />
  );
});

function NewestLine({ line: { agent, name, points } }: { line: Line }) {
  return (
    <div className="project-line">
      <SmallLine points={points} bucket={HOUR_MS} />
      <p className="truncate text-small text-quiet" title={`${name} of ${agent}, by the hour`}>
        <bdi>{name}</bdi> of <bdi>{agent}</bdi>
      </p>
    </div>
  );
}

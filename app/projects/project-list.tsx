/** A person's projects, live, as fields of tiles; on the home page and on the dashboard. Each is woken on its own. */
import { memo, type ReactNode, useMemo, useRef } from "react";
import { api } from "../../convex/_generated/api.js";
import { mayManageProject } from "../../convex/model/roles.ts";
import { useLive } from "../live/live-context.ts";
import { useLiveQueries } from "../live/use-live-queries.ts";
import { useLiveQuery } from "../live/use-live-query.ts";
import { type Place, usePlace } from "../live/use-place.ts";
import { Button } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Notice } from "../ui/notice.tsx";
import { ProjectField, ProjectFields } from "../ui/project-field.tsx";
import { SmallLine } from "../ui/small-line.tsx";
import type { Loaded } from "./list-data.ts";
import { type Metric, newestOfEach, silentFirst, worstFirst } from "./overview.ts";
import { metricPath, projectPath } from "./project-address.ts";
import type { Line } from "./project-query.ts";
import { Summary } from "./summary.tsx";
import { arrivedSince } from "./use-arrivals.ts";

type Project = Pick<(typeof api.projects.mine._returnType)[number], "_id" | "name" | "role">;

/** Ids of projects that exist only in this tab until Convex has made them. */
export const WAITING = "waiting-";

const HOUR_MS = 3_600_000;
const NONE: readonly Metric[] = [];

/** @param empty What to do next, where there is none yet. @param start The form for it, where it is not on the page anyway. */
export function ProjectList({
  loaded,
  empty,
  start,
}: {
  /** Null where Convex did not answer. */
  loaded: Loaded | null;
  empty: ReactNode;
  start?: ReactNode;
}) {
  const { viewer } = useLive();
  const place = usePlace();
  const { value: projects } = useLiveQuery(api.projects.mine, viewer ? {} : "skip", loaded?.projects ?? null);
  const { agents, lines } = useFigures(projects ?? [], loaded);
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
  // Before all have come, nobody can say that all is well.
  const known = projects.every(({ _id }) => _id.startsWith(WAITING) || agents[_id] !== undefined);
  return (
    <>
      {known ? <Summary projects={listed} place={place} /> : null}
      <FirstKey />
      <ProjectFields>
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

/** Each project's tiles and small line, by its id. */
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

/** Woken by its own figures and the clock only. Marked pure: a guest must not load it for what it might do. */
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

const FIRST_KEY = "first-key";

/** What every `FirstKeyButton` sends; one for all of them, since each says where to. */
function FirstKey() {
  return (
    <form id={FIRST_KEY} method="post" data-client="" hidden>
      <input type="hidden" name="intent" value="create-key" />
      <input type="hidden" name="keyName" value="First key" />
    </form>
  );
}

/** One press makes a key and leads to the project's page, where it stands in a command to copy. */
function FirstKeyButton({ projectId }: { projectId: string }) {
  return (
    <Button form={FIRST_KEY} formAction={projectPath(projectId)}>
      Create a key to send with
    </Button>
  );
}

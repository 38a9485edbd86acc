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
import { ProjectField, ProjectFields, tileKey } from "../ui/project-field.tsx";
import { SmallLine } from "../ui/small-line.tsx";
import { type Metric, worstFirst } from "./overview.ts";
import { metricPath, projectPath } from "./project-address.ts";
import type { Line } from "./project-query.ts";
import { Summary } from "./summary.tsx";
import { newerThan } from "./use-arrivals.ts";

/** What the loader gives: null where Convex did not answer. */
export type Loaded = Pick<typeof api.pages.dashboard._returnType, "projects" | "lines"> | null;

type Project = (typeof api.projects.mine._returnType)[number];

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
  loaded: Loaded;
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
  const listed = projects.map((project) => ({ ...project, project, agents: agents[project._id] ?? NONE }));
  return (
    <>
      <Summary projects={listed} place={place} />
      <ProjectFields>
        {worstFirst(listed, place.now).map(({ _id, project, agents }) => (
          <OneProject
            key={_id}
            project={project}
            agents={agents}
            line={lines[_id] ?? null}
            manages={viewer !== null && mayManageProject(viewer.role, project.role)}
            {...place}
          />
        ))}
      </ProjectFields>
    </>
  );
}

/** Each project's tiles and small line, by its id. */
function useFigures(projects: readonly Project[], loaded: Loaded) {
  const initial = useMemo(
    () => ({
      agents: Object.fromEntries(loaded?.projects.map(({ _id, agents }) => [_id, agents]) ?? []),
      lines: Object.fromEntries(loaded?.lines.map((line) => [line.projectId, line]) ?? []),
    }),
    [loaded],
  );
  const made = projects.filter(({ _id }) => !_id.startsWith(WAITING));
  const args = Object.fromEntries(made.map(({ _id }) => [_id, { projectId: _id }]));
  return {
    agents: useLiveQueries(api.metrics.latest, args, initial.agents),
    lines: useLiveQueries(api.metrics.line, args, initial.lines),
  };
}

/** Woken by its own figures and the clock only. Marked pure: a guest must not load it for what it might do. */
const OneProject = /* @__PURE__ */ memo(function OneProject({
  project,
  agents,
  line,
  manages,
  ...place
}: Place & { project: Project; agents: readonly Metric[]; line: Line | null; manages: boolean }) {
  const opened = useRef(agents);
  const flashing = useMemo(() => new Set(newerThan(opened.current, agents).map(tileKey)), [agents]);
  // By name, not by what moved last: a tile keeps its place.
  const tiles = useMemo(() => agents.toSorted((a, b) => (tileKey(a) < tileKey(b) ? -1 : 1)), [agents]);
  const waiting = project._id.startsWith(WAITING);
  return (
    <ProjectField
      project={{ ...project, agents: tiles }}
      href={waiting ? null : projectPath(project._id)}
      tileHref={(tile) => metricPath(project._id, tile)}
      waiting={waiting}
      flashing={flashing}
      line={line && line.points.length > 1 ? <NewestLine line={line} /> : null}
      next={manages && !waiting ? <FirstKey projectId={project._id} /> : null}
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

/** One press makes a key and leads to the project's page, where it stands in a command to copy. */
function FirstKey({ projectId }: { projectId: string }) {
  return (
    <form method="post" action={projectPath(projectId)} data-client="">
      <input type="hidden" name="intent" value="create-key" />
      <input type="hidden" name="keyName" value="First key" />
      <Button>Create a key to send with</Button>
    </form>
  );
}

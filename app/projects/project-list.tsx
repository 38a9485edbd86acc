/** A person's projects, live, as fields of tiles; on the home page and on the dashboard. */
import type { ReactNode } from "react";
import { useRouteLoaderData } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { useLive } from "../live/live-context.ts";
import { useClock } from "../live/use-clock.ts";
import { useLiveQuery } from "../live/use-live-query.ts";
import type { Shell } from "../shell.server.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { Notice } from "../ui/notice.tsx";
import { ProjectField, ProjectFields } from "../ui/project-field.tsx";

export type Projects = typeof api.projects.getUserProjects._returnType;

/**
 * @param projects The loader's value; null where Convex did not answer.
 * @param empty What to do next, where there is none yet.
 */
export function ProjectList({ projects, empty }: { projects: Projects | null; empty?: ReactNode }) {
  const shell = useRouteLoaderData<Shell>("root");
  const { viewer } = useLive();
  const now = useClock(shell?.now ?? 0);
  const { value } = useLiveQuery(
    api.projects.getUserProjects,
    viewer ? { userId: viewer._id } : "skip",
    projects,
  );
  if (value === null) {
    return (
      <Notice kind="alert">Live data is unavailable. Your projects show here as soon as it is back.</Notice>
    );
  }
  if (value.length === 0) {
    return <EmptyState title="No projects yet">{empty}</EmptyState>;
  }
  return (
    <ProjectFields>
      {value.map((project) => (
        <ProjectField
          key={project._id}
          project={project}
          href={null}
          now={now}
          waiting={project._id.startsWith(WAITING)}
          locale={shell?.locale ?? "en"}
          timeZone={shell?.timeZone ?? "UTC"}
        />
      ))}
    </ProjectFields>
  );
}

/** Ids of projects that exist only in this tab until Convex has made them. */
export const WAITING = "waiting-";

/** The first thing to read: whether anything is wrong in any project, and where. */

import type { Place } from "../live/use-place.ts";
import { formatCount } from "../ui/format.ts";
import { FieldSummary } from "../ui/project-field.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { type Listed, overviewOf } from "./overview.ts";
import { metricPath } from "./project-address.ts";

export function Summary({ projects, place }: { projects: readonly Listed[]; place: Place }) {
  const { counts, newest } = overviewOf(projects, place.now);
  const agents = projects.flatMap((project) => project.agents);
  if (agents.length === 0) return null;
  const state = counts.silent > 0 ? "silent" : counts.quiet > 0 ? "quiet" : "fresh";
  const several = newest !== null && counts[newest.state] > 1;
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
      <p className="min-w-0 text-large [overflow-wrap:anywhere]">
        <span className="font-strong">
          {state === "fresh" ? "All is well: " : ""}
          {formatCount(counts[state], "metric")} {state}
        </span>
        {newest ? (
          <>
            {several ? ", the latest " : ": "}
            <a href={metricPath(newest.project._id, newest.metric)}>
              <bdi>{newest.metric.agent}</bdi>
            </a>{" "}
            in <bdi>{newest.project.name}</bdi>, <RelativeTime at={newest.metric.at} {...place} />
          </>
        ) : null}
      </p>
      <FieldSummary agents={agents} now={place.now} />
    </div>
  );
}

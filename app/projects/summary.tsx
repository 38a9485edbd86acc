/** Summary of all projects: how many agents need attention, and the first of them. */
import { Link } from "react-router";
import type { Place } from "../data/use-place.ts";
import { formatCount } from "../ui/format-number.ts";
import { FieldSummary } from "../ui/project-field.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import { type Listed, overviewOf } from "./overview.ts";
import { metricPath } from "./project-address.ts";

/**
 * Renders the summary; nothing if there are no agents.
 *
 * @param projects - All projects, each with one metric per agent.
 */
export function Summary({ projects, place }: { projects: readonly Listed[]; place: Place }) {
  const agents = projects.flatMap((project) => project.agents);
  if (agents.length === 0) return null;
  const { silent, first } = overviewOf(projects, place.now);
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
      <p className="min-w-0 text-large [overflow-wrap:anywhere]">
        <span className="font-strong">
          {first
            ? `${formatCount(silent, "agent needs", "agents need")} attention`
            : `All is well: ${formatCount(agents.length, "agent")}`}
        </span>
        {first ? (
          <span>
            <span>{silent > 1 ? ", first " : ": "}</span>
            <Link to={metricPath(first.project._id, first.metric)}>
              <bdi>{first.metric.agent}</bdi>
            </Link>{" "}
            in <bdi>{first.project.name}</bdi>, <RelativeTime at={first.metric.at} {...place} />
          </span>
        ) : null}
      </p>
      <FieldSummary agents={agents} now={place.now} />
    </div>
  );
}

/** Summary of the states of a project's agents. */
import type { Health } from "../../convex/model/health.ts";
import { countHealths, HEALTH_WORDS } from "./health.ts";

/**
 * Renders the number of agents of each health, worst first: `2 failed  1 quiet  9 fresh`. Renders nothing
 * without agents.
 *
 * @param linkOf - Returns a link to the agents of this health.
 */
export function FieldSummary({
  agents,
  linkOf,
}: {
  agents: readonly { health: Health }[];
  linkOf?: (health: Health) => string;
}) {
  if (agents.length === 0) return null;
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-small">
      {countHealths(agents).map(({ health, count }) => (
        <span key={health} className="inline-flex items-center gap-2 tabular-nums">
          <span className="mark" data-state={health} aria-hidden="true" />
          {linkOf ? (
            <a
              href={linkOf(health)}
              className="summary-link"
            >{`${count} ${HEALTH_WORDS[health].toLowerCase()}`}</a>
          ) : (
            <span>{`${count} ${HEALTH_WORDS[health].toLowerCase()}`}</span>
          )}
        </span>
      ))}
    </p>
  );
}

/** List of incidents, with how long each lasted. */
import { Link } from "react-router";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { formatNumber } from "../ui/format-number.ts";
import { RelativeTime } from "../ui/relative-time.tsx";
import { formatDuration, type Incident, REASON_WORDS } from "./alert-texts.ts";

/** An incident; of a list of several projects, with the path and name of its project. */
export type ShownIncident = Incident & { project?: { to: string; name: string } };

/**
 * Renders incidents.
 *
 * @param labelledBy - Id of the heading that names the list.
 */
export function IncidentList({
  incidents,
  labelledBy,
  display,
}: {
  incidents: readonly ShownIncident[];
  labelledBy: string;
  display: DisplaySettings;
}) {
  return (
    <ul className="rows" aria-labelledby={labelledBy}>
      {incidents.map((incident) => (
        <IncidentRow key={incident._id} incident={incident} display={display} />
      ))}
    </ul>
  );
}

function IncidentRow({ incident, display }: { incident: ShownIncident; display: DisplaySettings }) {
  const { agent, predicate, value, since, closedAt, project } = incident;
  return (
    <li className="row">
      <div className="min-w-0 [overflow-wrap:anywhere]">
        <p>
          <bdi className="font-strong">{agent}</bdi>
          <span>{` ${predicate}`}</span>
          {value === null ? null : (
            <span className="text-quiet">{` (${formatNumber(value, display.locale)})`}</span>
          )}
        </p>
        <p className="text-small text-quiet">
          {project ? <Link to={project.to}>{project.name}</Link> : null}
          {project ? <span> · </span> : null}
          <RelativeTime at={since} {...display} />
          <span>{` · ${lengthOf(incident, display.now)}`}</span>
        </p>
      </div>
      <span className={closedAt === null ? "font-strong text-bad" : "text-quiet"}>
        {closedAt === null ? "Open" : "Closed"}
      </span>
    </li>
  );
}

/** Returns how long an incident has been open, or lasted and why it closed. */
function lengthOf({ since, closedAt, closeReason }: Incident, now: number): string {
  if (closedAt === null) return `for ${formatDuration(now - since)}`;
  const reason = closeReason === null ? "" : `, ${REASON_WORDS[closeReason]}`;
  return `lasted ${formatDuration(closedAt - since)}${reason}`;
}

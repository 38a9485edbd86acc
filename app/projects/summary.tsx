/** Summary of all projects: how many agents need attention, which is the first, and since when. */
import { href, Link } from "react-router";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { FieldSummary } from "../ui/field-summary.tsx";
import { formatCount } from "../ui/format-number.ts";
import { HEALTH_WORDS } from "../ui/health.ts";
import { IncidentMark } from "../ui/incident-mark.tsx";
import { RelativeTime } from "../ui/relative-time.tsx";
import type { TileData } from "../ui/tile.tsx";
import { attentionOf, type Listed } from "./overview.ts";
import { agentPath, projectPath } from "./project-address.ts";

/** Renders the summary; nothing if there are no agents. */
export function Summary({ projects, display }: { projects: readonly Listed[]; display: DisplaySettings }) {
  const tiles = projects.flatMap((project) => project.tiles ?? []);
  const others = projects.reduce((sum, { tiles, summary }) => sum + (tiles ? 0 : (summary?.agents ?? 0)), 0);
  const agents = tiles.length + others;
  if (agents === 0) return null;
  const { count, first } = attentionOf(projects, display.now);
  const incidents = tiles.reduce((sum, tile) => sum + (tile.incidents ?? 0), 0);
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-2">
      <p className="min-w-0 text-large [overflow-wrap:anywhere]">
        <span className="font-strong">
          {first
            ? `${formatCount(count, "agent needs", "agents need")} attention`
            : `All is well: ${formatCount(agents, "agent")}`}
        </span>
        {first ? (
          <span>
            <span>{count > 1 ? ", first " : ": "}</span>
            <First project={first.project} tile={first.tile} display={display} />
          </span>
        ) : null}
        {incidents > 0 ? (
          <Link to={href("/alerts")} className="inline-target ms-3">
            <IncidentMark count={incidents} />
          </Link>
        ) : null}
      </p>
      <FieldSummary agents={tiles} />
    </div>
  );
}

/** Renders which agent it is, where, and since when; only where if the list does not have the agents. */
function First({
  project,
  tile,
  display,
}: {
  project: Listed;
  tile: TileData | null;
  display: DisplaySettings;
}) {
  if (tile === null) {
    return (
      <span>
        in{" "}
        <Link to={projectPath(project._id)} className="inline-target">
          <bdi>{project.name}</bdi>
        </Link>
      </span>
    );
  }
  return (
    <span>
      <Link to={agentPath(project._id, tile.agent)} className="inline-target">
        <bdi>{tile.agent}</bdi>
      </Link>{" "}
      in <bdi>{project.name}</bdi>, <span>{HEALTH_WORDS[tile.health].toLowerCase()}</span>,{" "}
      <RelativeTime at={tile.at} {...display} />
    </span>
  );
}

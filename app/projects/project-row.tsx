/** Project in a list: its name, a summary of its agents' states, and a tile per agent. */
import { memo, useRef } from "react";
import type { api } from "../../convex/_generated/api.js";
import { HOUR_MS } from "../../convex/model/intervals.ts";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { FieldSummary } from "../ui/field-summary.tsx";
import { formatCount } from "../ui/format-number.ts";
import { Sparkline } from "../ui/sparkline.tsx";
import { AgentTile } from "../ui/tile.tsx";
import { Waiting } from "../ui/waiting.tsx";
import { WAITING } from "./create-forms.ts";
import { type Figures, type Loaded, NO_FIGURES } from "./list-data.ts";
import { drawnTiles, type Line } from "./overview.ts";
import { agentPath, projectPath } from "./project-address.ts";
import { reportedSince } from "./use-arrivals.ts";

export type Project = Pick<
  (typeof api.projects.mine._returnType)[number],
  "_id" | "name" | "role" | "restoredAt"
>;

/** Maximum number of tiles; the project's page shows all agents. */
const MOST_TILES = 24;

/**
 * Renders a project as a list item, only when its own data or the clock changes. Its links are plain anchors, which
 * the handlers of the list follow. As few elements and components as possible, because they are most of what a
 * list costs. Marked pure so that the guests' bundle can drop it.
 *
 * @param figures - Null if the list does not have the project's agents.
 * @param agents - The number of its agents, if `figures` is null; null if it is not known.
 */
export const ProjectRow = /* @__PURE__ */ memo(function ProjectRow({
  project,
  figures,
  agents,
  mayCreateKey,
  outages,
  ...display
}: DisplaySettings & {
  project: Project;
  figures: Figures | null;
  agents: number | null;
  mayCreateKey: boolean;
  outages: Loaded["outages"];
}) {
  const { tiles, line } = figures ?? NO_FIGURES;
  const opened = useRef(figures?.tiles ?? null);
  opened.current ??= figures?.tiles ?? null;
  const flashing = reportedSince(opened.current ?? tiles, tiles);
  const { _id, name, role, restoredAt } = project;
  const drawn = drawnTiles(tiles, display, { outages, restoredAt });
  const more = drawn.length - MOST_TILES;
  const page = projectPath(_id);
  const waiting = _id.startsWith(WAITING);
  return (
    <li className={waiting ? "project project-waiting" : "project"}>
      <h2>{waiting ? name : <a href={page}>{name}</a>}</h2>
      {waiting ? <Waiting /> : null}
      {drawn.length > 0 ? <FieldSummary agents={drawn} /> : null}
      {line && line.points.length > 1 ? <NewestLine line={line} /> : null}
      {role === "member" ? <p className="text-small text-quiet">Shared with you</p> : null}
      {drawn.length > 0 ? (
        <div className="project-agents">
          <ul className="field-of-tiles">
            {drawn.slice(0, MOST_TILES).map((tile) => (
              <AgentTile
                key={tile.agent}
                {...tile}
                href={agentPath(_id, tile.agent)}
                flash={flashing.has(tile.agent)}
                {...display}
              />
            ))}
          </ul>
          {more > 0 ? (
            <a href={page} className="inline-flex min-h-11 items-center text-small">
              {`and ${more} more`}
            </a>
          ) : null}
        </div>
      ) : figures === null ? (
        <p className="project-none">{agents === null ? "" : formatCount(agents, "agent")}</p>
      ) : (
        <p className="project-none">
          No metrics yet
          {mayCreateKey ? (
            <button type="submit" formAction={page} className="button">
              Create a key to send with
            </button>
          ) : null}
        </p>
      )}
    </li>
  );
});

function NewestLine({ line: { agent, name, points } }: { line: Line }) {
  return (
    <div className="project-line">
      <Sparkline points={points} bucket={HOUR_MS} />
      <p className="truncate text-small text-quiet" title={`${name} of ${agent}, by the hour`}>
        <bdi>{name}</bdi> of <bdi>{agent}</bdi>
      </p>
    </div>
  );
}

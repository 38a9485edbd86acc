/** Project in a list: its name, a summary of its agents' states, and a tile per agent. */
import type { ComponentProps, ReactNode } from "react";
import { AgentTile, type TileData } from "./tile.tsx";
import { countStates, type TileState } from "./tile-state.ts";
import { Waiting } from "./waiting.tsx";

/** Maximum number of tiles; the project's page shows all agents. */
const MOST_TILES = 24;

/** `agents` has one tile per agent, in display order. */
export interface ProjectFieldData {
  _id: string;
  name: string;
  role: "owner" | "member";
  agents: readonly TileData[];
}

/** Renders the list of projects. Its links are plain anchors, which the handlers of the list follow. */
export function ProjectFields(
  props: Pick<ComponentProps<"ul">, "onClick" | "onPointerOver" | "onFocus" | "children">,
) {
  return <ul {...props} className="flex flex-col gap-3" />;
}

/**
 * Renders the list item of a project.
 *
 * @param href - Link of the name; null while the project is not created yet.
 * @param now - The page's clock, Unix ms.
 * @param tileHref - Returns the link of a tile.
 * @param waiting - Whether the project is a pending edit.
 * @param line - A sparkline below the name.
 * @param next - The next step, shown if there are no metrics yet.
 * @param flashing - Names of the agents whose metric has just arrived.
 */
export function ProjectField({
  project,
  href,
  now,
  tileHref,
  waiting = false,
  flashing,
  line,
  next,
  locale = "en",
  timeZone = "UTC",
}: {
  project: ProjectFieldData;
  href: string | null;
  now: number;
  tileHref?: (tile: TileData) => string;
  waiting?: boolean;
  flashing?: ReadonlySet<string>;
  line?: ReactNode;
  next?: ReactNode;
  locale?: string;
  timeZone?: string;
}) {
  const tiles = project.agents.slice(0, MOST_TILES);
  const more = project.agents.length - tiles.length;
  return (
    <li className={waiting ? "project project-waiting" : "project"}>
      <div className="project-head">
        <h2>
          {href === null ? (
            project.name
          ) : (
            <a href={href} className="project-link" data-prefetch="">
              {project.name}
            </a>
          )}
        </h2>
        {waiting ? <Waiting /> : null}
        {project.agents.length > 0 ? <FieldSummary agents={project.agents} now={now} /> : null}
        {line}
        {project.role === "member" ? <p className="text-small text-quiet">Shared with you</p> : null}
      </div>
      {project.agents.length > 0 ? (
        <div className="min-w-0">
          <ul className="field-of-tiles">
            {tiles.map((tile) => (
              <AgentTile
                key={tile.agent}
                {...tile}
                href={tileHref?.(tile)}
                now={now}
                flash={flashing?.has(tile.agent) ?? false}
                locale={locale}
                timeZone={timeZone}
              />
            ))}
          </ul>
          {more > 0 && href !== null ? (
            <a href={href} className="inline-flex min-h-11 items-center text-small">
              {`and ${more} more`}
            </a>
          ) : null}
        </div>
      ) : (
        <p className="project-none">No metrics yet {next}</p>
      )}
    </li>
  );
}

const WORST_FIRST: readonly TileState[] = ["silent", "quiet", "fresh"];

/**
 * Renders the number of agents in each state, worst first: `2 silent  1 quiet  9 fresh`. Renders nothing
 * without agents.
 */
export function FieldSummary({ agents, now }: { agents: readonly { at: number | null }[]; now: number }) {
  if (agents.length === 0) return null;
  const counts = countStates(agents, now);
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-small">
      {WORST_FIRST.filter((state) => counts[state] > 0).map((state) => (
        <span key={state} className="inline-flex items-center gap-2 tabular-nums">
          <span className="mark" data-state={state} aria-hidden="true" />
          <span>{`${counts[state]} ${state}`}</span>
        </span>
      ))}
    </p>
  );
}

// A project as a field of tiles: its name, how it stands in one line, and every agent.

import type { ReactNode } from "react";
import { AgentTile, type TileData } from "./tile.tsx";
import { countStates, type TileState } from "./tile-state.ts";
import { Waiting } from "./waiting.tsx";

/** A project shows this many tiles; its page shows all. */
const MOST_TILES = 24;

/** `agents` has one tile for each agent, in the order in which they are shown. */
export interface ProjectFieldData {
  _id: string;
  name: string;
  role: "owner" | "member";
  agents: readonly TileData[];
}

/** The list that the fields lie in. */
export function ProjectFields({ children }: { children: ReactNode }) {
  return <ul className="flex flex-col gap-3">{children}</ul>;
}

/**
 * A list item for one project.
 *
 * @param href - Where its name leads; null while the project is not there yet.
 * @param now - Unix ms, the page's clock.
 * @param tileHref - Where a tile leads.
 * @param waiting - It was made here and has not arrived yet.
 * @param line - A small line under its name. @param next - What to do where it has no metrics yet.
 * @param flashing - Names of the agents whose metric just came.
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
 * How things stand, worst first, in words and marks: `2 silent  1 quiet  9 fresh`. Nothing where there
 * are no tiles.
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

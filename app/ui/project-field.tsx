/** Project in a list: its name, a summary of its agents' states, and a tile per agent. */
import type { ComponentProps, ReactNode } from "react";
import type { Health } from "../../convex/model/health.ts";
import { countHealths, HEALTH_WORDS } from "./health.ts";
import { AgentTile, type TileData } from "./tile.tsx";
import { Waiting } from "./waiting.tsx";

/** Maximum number of tiles; the project's page shows all agents. */
const MOST_TILES = 24;

/** `agents` has one tile per agent, worst first; null if the list does not have them. */
export interface ProjectFieldData {
  _id: string;
  name: string;
  role: "owner" | "member";
  agents: readonly TileData[] | null;
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
 * @param next - Shown if there are no agents, or if the list does not have them.
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
  tileHref: (tile: TileData) => string;
  waiting?: boolean;
  flashing?: ReadonlySet<string>;
  line?: ReactNode;
  next?: ReactNode;
  locale?: string;
  timeZone?: string;
}) {
  const agents = project.agents ?? [];
  const tiles = agents.slice(0, MOST_TILES);
  const more = agents.length - tiles.length;
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
        <FieldSummary agents={agents} />
        {line}
        {project.role === "member" ? <p className="text-small text-quiet">Shared with you</p> : null}
      </div>
      {agents.length > 0 ? (
        <div className="min-w-0">
          <ul className="field-of-tiles">
            {tiles.map((tile) => (
              <AgentTile
                key={tile.agent}
                {...tile}
                href={tileHref(tile)}
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
        <div className="project-none">{next}</div>
      )}
    </li>
  );
}

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

/** Loader data of the project lists on the home page and the dashboard, reduced to what is shown. */
import type { api } from "../../convex/_generated/api.js";
import { type Packed, pack } from "../react-router/packed.ts";
import { type Agent, type Line, newestLine, type Tile, tilesOf } from "./overview.ts";

type Answer = Pick<typeof api.pages.dashboard._returnType, "projects" | "outages">;
type ListedProject = Answer["projects"][number];

/** What a list shows of the agents of a project. */
export type Figures = { tiles: readonly Tile[]; line: Line | null };

export type Loaded = {
  /** `figures` is null for projects whose agents the list does not load. */
  projects: (Pick<ListedProject, "_id" | "name" | "role" | "archivedAt" | "restoredAt" | "summary"> & {
    figures: Figures | null;
  })[];
  outages: Answer["outages"];
};

export function packList({ projects, outages }: Answer): Packed<Loaded> {
  return pack({
    projects: projects.map(({ _id, name, role, archivedAt, restoredAt, summary, agents }) => ({
      ...{ _id, name, role, archivedAt, summary },
      ...(restoredAt !== undefined && { restoredAt }),
      figures: agents && figuresOf(agents),
    })),
    outages,
  });
}

export function figuresOf(agents: readonly Agent[]): Figures {
  return { tiles: tilesOf(agents), line: newestLine(agents) };
}

/** Loader data of the project lists on the home page and the dashboard, reduced to what is shown. */
import type { api } from "../../convex/_generated/api.js";
import { type Packed, pack } from "../react-router/packed.ts";
import { type Agent, type Line, newestLine, type Tile, tilesOf } from "./overview.ts";

type Answer = Pick<typeof api.pages.dashboard._returnType, "projects" | "outages">;
type ListedProject = Answer["projects"][number];

/** What a list shows of the agents of a project. */
export type Figures = { tiles: readonly Tile[]; line: Line | null };

/** Without absent values, because the browser gets each project twice: as data and as HTML. */
export type Loaded = {
  projects: LoadedRow[];
  outages: Answer["outages"];
};

export type LoadedRow = Pick<ListedProject, "_id" | "name" | "role" | "restoredAt"> & {
  archivedAt?: number;
  /** Of a project whose agents the list does not load. */
  summary?: ListedProject["summary"];
  /** Of a project that has agents. */
  figures?: Figures;
};

export function packList({ projects, outages }: Answer): Packed<Loaded> {
  return pack({ projects: projects.map(loadedOf), outages });
}

function loadedOf({ _id, name, role, archivedAt, restoredAt, summary, agents }: ListedProject): LoadedRow {
  const loaded: LoadedRow = { _id, name, role };
  if (archivedAt !== null) loaded.archivedAt = archivedAt;
  if (restoredAt !== undefined) loaded.restoredAt = restoredAt;
  if (agents === null) loaded.summary = summary;
  else if (agents.length > 0) loaded.figures = figuresOf(agents);
  return loaded;
}

/** Returns what a list shows of a project; null if its agents are not loaded. */
export function loadedFigures({ summary, figures }: LoadedRow): Figures | null {
  return figures ?? (summary ? null : NO_FIGURES);
}

export const NO_FIGURES: Figures = { tiles: [], line: null };

export function figuresOf(agents: readonly Agent[]): Figures {
  return { tiles: tilesOf(agents), line: newestLine(agents) };
}

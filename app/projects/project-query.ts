/** Types of the queries of a project's pages. */
import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import { rejectionIn } from "../../convex/model/rejection.ts";

export type Project = FunctionReturnType<typeof api.projects.get>;
export type ProjectKey = FunctionReturnType<typeof api.projectKeys.list>[number];
/** Data of the page's loader. */
export type LoadedProject = Omit<FunctionReturnType<typeof api.pages.project>, "viewer">;

export type Total = LoadedProject["totals"][number];
/** Data of the loader of an agent's page. */
export type LoadedAgent = Omit<FunctionReturnType<typeof api.pages.agent>, "viewer">;

/** Removes the viewer, which the root loader already returns. */
export function withoutViewer<T extends { viewer: unknown }>({ viewer: _, ...rest }: T): Omit<T, "viewer"> {
  return rest;
}

/** Returns whether a query failed because the project was deleted or the user lost access. */
export function isGone(error: unknown): boolean {
  return rejectionIn(error)?.code === "not_found";
}

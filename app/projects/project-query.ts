/** Types of the project page's queries. */
import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";
import { rejectionIn } from "../../convex/model/rejection.ts";

export type Project = FunctionReturnType<typeof api.projects.get>;
export type ProjectKey = FunctionReturnType<typeof api.projectKeys.list>[number];
/** Data of the page's loader. */
export type LoadedProject = Omit<FunctionReturnType<typeof api.pages.project>, "viewer">;

/** Returns whether a query failed because the project was deleted or the user lost access. */
export function isGone(error: unknown): boolean {
  return rejectionIn(error)?.code === "not_found";
}

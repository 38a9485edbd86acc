/** Types of the project page's queries. */
import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";

export type Project = FunctionReturnType<typeof api.projects.get>;
export type Latest = FunctionReturnType<typeof api.metrics.latest>[number];
export type Line = NonNullable<FunctionReturnType<typeof api.metrics.line>>;
export type ProjectKey = FunctionReturnType<typeof api.projectKeys.list>[number];
/** Data of the page's loader. */
export type LoadedProject = Omit<FunctionReturnType<typeof api.pages.project>, "viewer">;

/** Returns whether a query failed because the project was deleted or the user lost access. */
export function isGone(error: unknown): boolean {
  const data = typeof error === "object" && error !== null && "data" in error ? error.data : null;
  return typeof data === "object" && data !== null && "code" in data && data.code === "not_found";
}

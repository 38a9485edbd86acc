/** Points: single values as agents sent them. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { type Infer, v } from "convex/values";
import type { Id } from "../_generated/dataModel";
import type { QueryCtx } from "../_generated/server";

/** The fields of a point; `at` is Unix ms. */
export const pointFields = { agent: v.string(), name: v.string(), value: v.number(), at: v.number() };

export const pointShape = v.object({ _id: v.id("agentMetrics"), ...pointFields });

/** A point as an agent sent it. */
export type Point = { agent: string; name: string; value: number; at: number };

/** Returns one page of the project's points, newest `at` first. */
export async function recentOf(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<Infer<typeof pointShape>>> {
  const result = await ctx.db
    .query("agentMetrics")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .order("desc")
    .paginate(paginationOpts);
  return {
    ...result,
    page: result.page.map(({ _id, agent, name, value, at }) => ({ _id, agent, name, value, at })),
  };
}

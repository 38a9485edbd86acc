/** Marks: the number of open incidents of each agent in its project's overview, which lists read anyway. */
import type { Id } from "../../_generated/dataModel";
import type { MutationCtx } from "../../_generated/server";
import { openOverview, saveOverview } from "../overview.ts";
import { openIncidentsOf } from "./incidents.ts";

/** Counts the open incidents of agents again, after some of them opened or closed. */
export async function markIncidents(
  ctx: MutationCtx,
  projectId: Id<"projects">,
  agents: ReadonlySet<string>,
  now: number,
): Promise<void> {
  if (agents.size === 0) return;
  const overview = await openOverview(ctx, projectId);
  if (overview._id === null) return;
  overview.agents = await Promise.all(
    overview.agents.map(async (entry) =>
      agents.has(entry.agent)
        ? { ...entry, incidents: (await openIncidentsOf(ctx, projectId, entry.agent)).length }
        : entry,
    ),
  );
  await saveOverview(ctx, projectId, overview, now);
}

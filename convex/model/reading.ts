/** Reading with an API key: the agents of its project. Rejections are return values, as for ingestion. */
import { type Infer, v } from "convex/values";
import type { MutationCtx } from "../_generated/server";
import { outageShape, outagesOf } from "./alerts/outages.ts";
import { findKey } from "./keys.ts";
import { noteUse } from "./keyUses.ts";
import { drawnAgents, findOverview, listedAgentFields, withoutLine } from "./overview.ts";

const { metrics: _, ...readAgentFields } = listedAgentFields;

export const readOutcomeShape = v.union(
  v.object({
    outcome: v.literal("agents"),
    agents: v.array(v.object(readAgentFields)),
    outages: v.array(outageShape),
  }),
  v.object({ outcome: v.literal("unauthenticated") }),
  /** The API key is valid, and its project is archived. */
  v.object({ outcome: v.literal("archived") }),
  /** The API key is valid for sending only. */
  v.object({ outcome: v.literal("forbidden") }),
);

/**
 * Returns the agents that are not retired, by name.
 *
 * @param keyHash - SHA-256 of the API key, in hex.
 */
export async function readAgents(ctx: MutationCtx, keyHash: string): Promise<Infer<typeof readOutcomeShape>> {
  const now = Date.now();
  const found = await findKey(ctx, keyHash, now);
  if (found === null) return { outcome: "unauthenticated" };
  const { key, project } = found;
  if (project.archivedAt !== undefined) return { outcome: "archived" };
  if (key.scope !== "read") return { outcome: "forbidden" };
  await noteUse(ctx, key._id, now);
  const agents = drawnAgents(await findOverview(ctx, project._id), null);
  return {
    outcome: "agents",
    agents: agents.map(withoutLine).map(({ metrics: _, ...agent }) => agent),
    outages: await outagesOf(ctx, project),
  };
}

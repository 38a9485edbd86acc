/** Alerts of a project as its page shows them: the newest, without a cursor. */
import { type Infer, v } from "convex/values";
import type { Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { listChannels, listedChannelShape } from "./channels.ts";
import { deliveryShape, newestDeliveries } from "./deliveries.ts";
import { describedIncidentShape, newestIncidents } from "./incidents.ts";
import { listedRuleShape, listRules } from "./ruleStore.ts";

export const pageAlertsShape = v.object({
  rules: v.array(listedRuleShape),
  channels: v.array(listedChannelShape),
  incidents: v.array(describedIncidentShape),
  deliveries: v.array(deliveryShape),
});

type PageAlerts = Infer<typeof pageAlertsShape>;

const MOST = 20;

/** Returns what the page of a project shows of its alerts. */
export async function pageAlertsOf(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  mayManage: boolean,
): Promise<PageAlerts> {
  return {
    rules: await listRules(ctx, projectId),
    channels: await listChannels(ctx, projectId, mayManage),
    incidents: await newestIncidents(ctx, projectId),
    deliveries: await newestDeliveries(ctx, projectId, MOST),
  };
}

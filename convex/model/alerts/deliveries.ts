/** Deliveries as members see them: never an address, and never the body of a response. */
import type { PaginationOptions, PaginationResult } from "convex/server";
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../../_generated/dataModel";
import type { QueryCtx } from "../../_generated/server";
import { listsIn, pageOf } from "../lists.ts";
import { channelKindShape, deliveryStatusShape, messageTypeShape } from "./tables.ts";

const nullableNumber = v.union(v.number(), v.null());

/** Times are Unix ms. `outcome` is an HTTP status or a word, null before the first attempt ended. */
export const deliveryShape = v.object({
  _id: v.id("alertDeliveries"),
  channelId: v.id("alertChannels"),
  channelKind: channelKindShape,
  incidentId: v.union(v.id("incidents"), v.null()),
  type: messageTypeShape,
  status: deliveryStatusShape,
  attempts: v.number(),
  createdAt: v.number(),
  lastAttemptAt: nullableNumber,
  nextAttemptAt: nullableNumber,
  outcome: v.union(v.string(), v.null()),
});

export type Delivery = Infer<typeof deliveryShape>;

function deliveryOf(row: Doc<"alertDeliveries">): Delivery {
  const { _id, channelId, channelKind, incidentId, type, status, attempts, createdAt, senderId } = row;
  return {
    ...{ _id, channelId, channelKind, incidentId, type, status, attempts, createdAt },
    lastAttemptAt: row.lastAttemptAt ?? null,
    // While a sender has it, the stored time is only that of its lease.
    nextAttemptAt: senderId === undefined ? (row.nextAttemptAt ?? null) : null,
    outcome: row.outcome ?? null,
  };
}

function newestFirst(ctx: QueryCtx, projectId: Id<"projects">) {
  return listsIn(ctx)
    .query("alertDeliveries")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .order("desc");
}

/** Returns one page of the deliveries of a project, newest first. */
export async function listDeliveries(
  ctx: QueryCtx,
  projectId: Id<"projects">,
  paginationOpts: PaginationOptions,
): Promise<PaginationResult<Delivery>> {
  const result = await pageOf(newestFirst(ctx, projectId), paginationOpts);
  return { ...result, page: result.page.map(deliveryOf) };
}

/** Returns the newest deliveries of a project. */
export async function newestDeliveries(ctx: QueryCtx, projectId: Id<"projects">, most: number) {
  return (await newestFirst(ctx, projectId).take(most)).map(deliveryOf);
}

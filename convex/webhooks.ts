/** Transaction of `POST /webhooks/workos`. */
import { v } from "convex/values";
import { internalMutation } from "./functions.ts";
import { handleEvent, workosEventShape } from "./model/workosEvents.ts";

export const handle = internalMutation({
  args: { eventId: v.string(), event: workosEventShape },
  returns: v.null(),
  handler: async (ctx, { eventId, event }) => {
    await handleEvent(ctx, eventId, event);
    return null;
  },
});

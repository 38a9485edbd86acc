/** An action that needs Node. */
"use node";

import { createHash } from "node:crypto";
import { actionGeneric as action } from "convex/server";
import { v } from "convex/values";

export const hash = action({
  args: { text: v.string() },
  handler: async (_ctx, { text }) => {
    await new Promise((resolve) => setTimeout(resolve, 1));
    return createHash("sha256").update(text).digest("hex");
  },
});

export const vectors = action({
  args: {},
  handler: (ctx) => ctx.vectorSearch("boxes" as never, "by_vector" as never, { vector: [1] } as never),
});

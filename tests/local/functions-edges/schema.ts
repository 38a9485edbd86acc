/** Two tables that may hold anything, and one with a commit timestamp. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  boxes: defineTable({ content: v.optional(v.any()) }).index("by_content", ["content"]),
  others: defineTable({}),
  commits: defineTable({ name: v.string(), at: v.commitTs() }).index("by_at", ["at"]),
});

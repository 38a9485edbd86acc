/** Notes in folders: a small backend that uses what most backends use. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  notes: defineTable({
    folder: v.string(),
    text: v.string(),
    stars: v.optional(v.number()),
    parent: v.optional(v.id("notes")),
  })
    .index("by_folder", ["folder"])
    .index("by_folder_stars", ["folder", "stars"]),
});

/** People in teams. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  people: defineTable({ name: v.string(), team: v.optional(v.id("teams")) })
    .index("by_name", ["name"])
    .index("team", ["team"]),
  teams: defineTable({ name: v.string(), size: v.number() }),
});

/** Documents of any shape, with indexes over fields that hold anything, or nothing. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  things: defineTable({
    n: v.number(),
    a: v.optional(v.any()),
    b: v.optional(v.any()),
    o: v.optional(v.any()),
  })
    .index("by_n", ["n"])
    .index("by_a", ["a"])
    .index("by_a_b", ["a", "b"])
    .index("by_nested", ["o.x", "b"]),
});

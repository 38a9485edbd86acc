/** A table with the name of one of the app's. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  books: defineTable({ name: v.string(), count: v.number() }).index("by_name", ["name"]),
});

/** Tables of the functions that the protocol tests run on the real engine. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  notes: defineTable({ list: v.string(), value: v.number() }).index("by_list", ["list"]),
});

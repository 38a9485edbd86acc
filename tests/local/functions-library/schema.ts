/** Books to be searched. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";

export default defineSchema({
  books: defineTable({ title: v.string(), shelf: v.string() }).searchIndex("by_title", {
    searchField: "title",
    filterFields: ["shelf"],
  }),
});

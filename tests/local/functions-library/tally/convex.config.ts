/** A component that counts. */
import { defineComponent } from "convex/server";
import { v } from "convex/values";

export default defineComponent("tally", { env: { START: v.string() } });

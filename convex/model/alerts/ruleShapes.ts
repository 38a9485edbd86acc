/** Validators of alert rules, apart from the rules themselves, which the browser loads too. */
import { v } from "convex/values";
import { literals } from "convex-helpers/validators";
import { IS, OF, WINDOW_NAMES } from "./rules.ts";

/** A name, or null for all agents. */
const agent = v.union(v.string(), v.null());

export const ruleShape = v.union(
  v.object({ kind: v.literal("silent"), agent }),
  v.object({ kind: v.literal("state"), agent, state: v.literal("failed") }),
  v.object({ kind: v.literal("state"), agent, state: v.literal("waiting"), minutes: v.number() }),
  v.object({
    kind: v.literal("threshold"),
    agent,
    name: v.string(),
    of: literals(...OF),
    window: literals(...WINDOW_NAMES),
    is: literals(...IS),
    value: v.number(),
  }),
);

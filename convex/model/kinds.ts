/** Kinds of time series. */
import { type Infer, v } from "convex/values";

/** A gauge is a value, a counter an increment, a histogram a summary of several values. */
export const kindShape = v.union(v.literal("gauge"), v.literal("counter"), v.literal("histogram"));

export type Kind = Infer<typeof kindShape>;

/** Returns whether sums of a time series of this kind mean something. */
export function addsUp(kind: Kind): boolean {
  return kind !== "gauge";
}

/** Scopes of API keys, apart from the keys themselves: the schema needs them, and `keys.ts` needs the schema. */
import { type Infer, v } from "convex/values";

/** What an API key may do. */
export const scopeShape = v.union(v.literal("send"), v.literal("read"));

export type KeyScope = Infer<typeof scopeShape>;

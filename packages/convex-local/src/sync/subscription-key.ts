/** Key of a subscription: function, arguments, identity, and journal of a paginated query. */
import type { JSONValue } from "convex/values";
import type { FunctionCall, Identity } from "../backend.ts";

const identityKeys = new WeakMap<Identity, string>();

/** Returns a text that is equal for equal subscriptions. */
export function subscriptionKey(call: FunctionCall, journal: string | null): string {
  const { path, component = "", args, identity, caller } = call;
  return JSON.stringify([path, component, canonical(args), identityKey(identity), caller, journal]);
}

/** Returns whether two calls are equal. */
export function sameCall(a: FunctionCall, b: FunctionCall): boolean {
  return subscriptionKey(a, null) === subscriptionKey(b, null);
}

/** Returns a text that is equal for equal claims in any order. */
function identityKey(identity: Identity | null): string {
  if (identity === null) return "";
  let key = identityKeys.get(identity);
  if (key === undefined) {
    key = canonical(identity);
    identityKeys.set(identity, key);
  }
  return key;
}

function canonical(value: JSONValue): string {
  return JSON.stringify(value, (_, inner: JSONValue) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

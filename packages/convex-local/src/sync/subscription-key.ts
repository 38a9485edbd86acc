/** When two subscriptions are the same: same function, same arguments, same person, same place in a paginated list. */
import type { JSONValue } from "convex/values";
import type { FunctionCall, Identity } from "../backend.ts";

const identityKeys = new WeakMap<Identity, string>();

export function subscriptionKey(call: FunctionCall, journal: string | null): string {
  return JSON.stringify([call.path, canonical(call.args), identityKey(call.identity), call.caller, journal]);
}

/** A text that is equal for equal claims, whatever order they come in. */
export function identityKey(identity: Identity | null): string {
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

/** Definition of the time zone form, and the time zones that it suggests. Convex checks that the time zone exists. */
import { api } from "../../convex/_generated/api.js";
import { looksLikeTimeZone, TIME_ZONE_PROBLEM } from "../../convex/model/timeZones.ts";
import { defineForm } from "../data/define-form.ts";
import type { Viewer } from "../data/page-query.server.ts";

export const saveTimeZone = defineForm({
  fields: {
    timeZone: {
      label: "Time zone",
      required: true,
      autoComplete: "off",
      spellCheck: false,
      placeholder: "UTC",
      check: (value) => (looksLikeTimeZone(value.trim()) ? null : TIME_ZONE_PROBLEM),
    },
  },
  rejectedAt: "timeZone",
  mutation: api.preferences.set,
  args: ({ timeZone }) => ({ timeZone: timeZone.trim() }),
  optimistic(store, { timeZone }, viewer: Viewer | null) {
    const known = store.getQuery(api.users.viewer, {}) ?? viewer;
    if (!known || timeZone === undefined) return;
    store.setQuery(api.users.viewer, {}, { ...known, preferences: { ...known.preferences, timeZone } });
  },
  done: "Saved",
});

let known: readonly string[] | null = null;

/** Returns the runtime's IANA names, with UTC first because the runtime's list omits it. */
export function timeZones(): readonly string[] {
  known ??= ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];
  return known;
}

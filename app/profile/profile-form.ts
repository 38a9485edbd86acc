/**
 * Form for the current user's name. Only changed fields are sent, so that a page with old data does not
 * overwrite a newer edit. Convex enforces the same rules (`convex/model/users.ts`).
 */
import { api } from "../../convex/_generated/api.js";
import { personNameProblem } from "../../convex/model/names.ts";
import { defineForm, type FormField, type Submitted } from "../data/define-form.ts";
import type { Viewer } from "../data/page-query.server.ts";

/** Returns the name of the hidden input with the value that a field showed before it was edited. */
export const shownName = <N extends string>(field: N) => `${field}Shown` as const;

/** Returns a check of a changed name. An unchanged name may be older than the rules. */
const changedName = (field: string) => (name: string, submitted: Submitted) =>
  name === submitted[shownName(field)] ? null : personNameProblem(name);

const PROFILE_FIELDS = {
  firstName: { label: "First name", autoComplete: "given-name", check: changedName("firstName") },
  lastName: { label: "Last name", autoComplete: "family-name", check: changedName("lastName") },
} as const satisfies Readonly<Record<string, FormField>>;

export type ProfileName = keyof typeof PROFILE_FIELDS;
export type ProfileValues = { [field in ProfileName]?: string };

export const PROFILE_NAMES = Object.keys(PROFILE_FIELDS) as ProfileName[];

/** Returns the fields that differ from the values the form showed; all fields if it has no shown values. */
export function profileChanges(submitted: Submitted): ProfileValues {
  const changes: ProfileValues = {};
  for (const name of PROFILE_NAMES) {
    const value = submitted[name];
    if (value !== undefined && value !== submitted[shownName(name)]) changes[name] = value;
  }
  return changes;
}

export const saveProfile = defineForm({
  fields: PROFILE_FIELDS,
  mutation: api.users.updateProfile,
  args: (_, { userId }: { userId: string }, submitted) => ({ userId, ...profileChanges(submitted) }),
  optimistic(store, { userId: _, ...change }, viewer: Viewer | null) {
    const known = store.getQuery(api.users.viewer, {}) ?? viewer;
    if (!known) return;
    const trimmed = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value?.trim()]));
    store.setQuery(api.users.viewer, {}, { ...known, ...trimmed });
  },
  done: "Saved",
});

/** Forms of the user list: the role of a user, and their access. */
import { api } from "../../convex/_generated/api.js";
import { isRole, type Role } from "../../convex/model/roles.ts";
import { defineForm, defineServerForm, HIDDEN } from "../data/define-form.ts";

/** Convex checks the permission, and that an admin remains. */
export const saveRole = defineForm({
  fields: {
    userId: HIDDEN,
    role: { check: (value) => (isRole(value) ? null : "Choose one of the roles.") },
  },
  mutation: api.users.setRole,
  args: ({ userId, role }) => ({ userId, role: role as Role }),
  optimistic(store, { userId, role }) {
    for (const { args, value } of store.getAllQueries(api.users.list)) {
      if (value === undefined) continue;
      const page = value.page.map((person) => (person._id === userId ? { ...person, role } : person));
      store.setQuery(api.users.list, args, { ...value, page });
    }
  },
  done: "Role saved",
});

/** Checked in the dialog, or in the checkbox of a page without JavaScript. */
const CONFIRMED = {
  check: (value: string) => (value === "yes" ? null : "Press the button again, and confirm."),
};

const accessFields = { userId: HIDDEN, confirm: CONFIRMED };

export const endSessions = defineServerForm({
  intent: "end-sessions",
  fields: accessFields,
  done: "Sessions ended",
});
export const suspendUser = defineServerForm({ intent: "suspend", fields: accessFields, done: "Suspended" });
export const restoreUser = defineServerForm({ intent: "restore", fields: accessFields, done: "Restored" });

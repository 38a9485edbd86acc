/** Form that changes a user's role. Convex checks the permission, and that an admin remains. */
import { api } from "../../convex/_generated/api.js";
import { isRole, type Role } from "../../convex/model/roles.ts";
import { defineForm, HIDDEN } from "../data/define-form.ts";

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

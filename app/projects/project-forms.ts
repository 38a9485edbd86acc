/** Forms of a project's page, except the one that creates an API key. */
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { defineForm, given, HIDDEN } from "../data/define-form.ts";
import { NAME } from "./create-forms.ts";
import type { Project } from "./project-query.ts";

/** The id in the page's URL. */
type Params = { projectId: string };

export const renameProject = defineForm({
  intent: "rename",
  fields: { name: { label: "New name", ...NAME } },
  rejectedAt: "name",
  mutation: api.projects.rename,
  args: ({ name }, { projectId }: Params) => ({ projectId, name }),
  optimistic(store, { projectId, name }, project: Project | null) {
    // Until the live query has a value, the page shows the loader's.
    const known = store.getQuery(api.projects.get, { projectId }) ?? project;
    if (known) store.setQuery(api.projects.get, { projectId }, { ...known, name: name.trim() });
  },
  done: "Project renamed",
});

/** What the page says after a member was added. */
export const ADDED = { added: "Member added", invited: "Invited: they join at their first sign-in" } as const;

export const WITHDRAWN = "Invitation withdrawn";

export const addMember = defineForm({
  intent: "add-member",
  fields: {
    email: {
      label: "E-mail",
      type: "email",
      required: true,
      maxLength: 254,
      autoComplete: "off",
      check: given("Enter an e-mail address."),
    },
  },
  rejectedAt: "email",
  mutation: api.projects.addMember,
  args: ({ email }, { projectId }: Params) => ({ projectId, email: email.trim().toLowerCase() }),
  done: (value) => ADDED[value],
});

export const removeMember = defineForm({
  intent: "remove-member",
  fields: { userId: HIDDEN },
  mutation: api.projects.removeMember,
  args: ({ userId }, { projectId }: Params) => ({ projectId, userId }),
  done: "Member removed",
});

export const withdrawInvitation = defineForm({
  intent: "withdraw",
  fields: { email: HIDDEN },
  mutation: api.projects.removeInvite,
  args: ({ email }, { projectId }: Params) => ({ projectId, email }),
  done: WITHDRAWN,
});

export const revokeKey = defineForm({
  intent: "revoke-key",
  fields: { keyId: HIDDEN },
  mutation: api.projectKeys.revoke,
  args: ({ keyId }) => ({ keyId }),
  done: "Key revoked",
});

export const archiveProject = defineForm({
  intent: "archive",
  fields: {},
  mutation: api.projects.archive,
  args: (_, { projectId }: Params) => ({ projectId }),
  overHttp: true,
  done: "Project archived",
});

export const restoreProject = defineForm({
  intent: "restore",
  fields: {},
  mutation: api.projects.restore,
  args: (_, { projectId }: Params) => ({ projectId }),
  overHttp: true,
  done: "Project restored",
});

export const leaveProject = defineForm({
  intent: "leave",
  fields: {},
  mutation: api.projects.leave,
  args: (_, { projectId }: Params) => ({ projectId }),
  overHttp: true,
  done: "You have left the project",
  to: href("/dashboard"),
});

export const deleteProject = defineForm({
  intent: "delete",
  fields: {
    confirm: {
      label: "Yes, delete it",
      check: (value) => (value === "yes" ? null : "Tick this box to delete the project."),
    },
  },
  mutation: api.projects.deleteProject,
  args: (_, { projectId }: Params) => ({ projectId }),
  overHttp: true,
  done: "Project deleted",
  to: href("/dashboard"),
});

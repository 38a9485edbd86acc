/** Actions of a project page's forms, selected by `intent`. */
import { data, href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { asViewer } from "../auth/as-viewer.server.ts";
import { done, failed, refused } from "../data/forms.server.ts";
import type { RequestContext } from "../request/context.ts";
import type { Convex } from "../request/convex.server.ts";
import { Refusal } from "../request/errors.ts";
import type { CreatedKey, Intent } from "./project-forms.ts";

type Fields = Record<string, string>;
/** The notice to show and the path to redirect to, or the new API key, which only this response contains. */
type Result = { said: string; at?: string } | { createdKey: CreatedKey };

type Act = {
  /** The field that shows the error if Convex rejects the call. */
  field?: string;
  run(convex: Convex, projectId: string, form: Fields): Promise<Result>;
};

const ACTS: Record<Intent, Act> = {
  rename: {
    field: "name",
    async run(convex, projectId, { name = "" }) {
      await convex.mutation(api.projects.rename, { projectId, name });
      return { said: "Project renamed" };
    },
  },
  "add-member": {
    field: "email",
    async run(convex, projectId, { email = "" }) {
      const added = await convex.mutation(api.projects.addMember, { projectId, email });
      return { said: added === "added" ? "Member added" : "Invited: they join at their first sign-in" };
    },
  },
  "remove-member": {
    async run(convex, projectId, { userId = "" }) {
      await convex.mutation(api.projects.removeMember, { projectId, userId });
      return { said: "Member removed" };
    },
  },
  withdraw: {
    async run(convex, projectId, { email = "" }) {
      await convex.mutation(api.projects.removeInvite, { projectId, email });
      return { said: "Invitation withdrawn" };
    },
  },
  leave: {
    async run(convex, projectId) {
      await convex.mutation(api.projects.leave, { projectId });
      return { said: "You have left the project", at: href("/dashboard") };
    },
  },
  "create-key": {
    field: "keyName",
    async run(convex, projectId, { keyName = "" }) {
      const { key } = await convex.mutation(api.projectKeys.create, { projectId, name: keyName });
      return { createdKey: { key, name: keyName.trim() } };
    },
  },
  "revoke-key": {
    async run(convex, _projectId, { keyId = "" }) {
      await convex.mutation(api.projectKeys.revoke, { keyId });
      return { said: "Key revoked" };
    },
  },
  delete: {
    field: "confirm",
    async run(convex, projectId, { confirm }) {
      if (confirm !== "yes") throw new Refusal("invalid", "Tick this box to delete the project.");
      await convex.mutation(api.projects.deleteProject, { projectId });
      return { said: "Project deleted", at: href("/dashboard") };
    },
  },
};

/** Keeps the response with the new API key out of every cache. */
const UNCACHED = { "Cache-Control": "private, no-store" };

/**
 * Runs a form's action as the current user.
 *
 * @param form - The form's values, with its `intent`.
 * @returns The response: a redirect, the new API key, or the errors of the form.
 * @throws {Response} when the user must sign in again.
 */
export async function actOnProject(context: RequestContext, projectId: string, form: Fields) {
  const act = Object.hasOwn(ACTS, form.intent ?? "") ? ACTS[form.intent as Intent] : null;
  if (act === null) return refused(form, { message: "This page has no such form." });
  try {
    const result = await asViewer(context, context.address, (convex) => act.run(convex, projectId, form));
    if ("createdKey" in result) return data(result, { headers: UNCACHED });
    return await done(context, result.at ?? context.address, result.said);
  } catch (error) {
    if (error instanceof Response) throw error;
    const aboutField = error instanceof Refusal && ["invalid", "conflict"].includes(error.code) && act.field;
    return aboutField ? refused(form, { errors: { [aboutField]: error.message } }) : failed(error, form);
  }
}

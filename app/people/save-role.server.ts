/** Giving somebody a role by form. */
import { api } from "../../convex/_generated/api.js";
import { isRole } from "../../convex/model/roles.ts";
import { asViewer } from "../auth/as-viewer.server.ts";
import type { RequestContext } from "../context.ts";
import { done, failed, refused } from "../forms.server.ts";

/** @param form `userId` and `role`. Who may, and whether there is another admin, is Convex's to say. */
export async function saveRole(form: Record<string, string>, context: RequestContext) {
  const { userId = "", role } = form;
  if (!isRole(role)) return refused(form, { message: "Choose one of the roles." });
  try {
    await asViewer(context, context.address, (convex) =>
      convex.mutation(api.users.setRole, { userId, role }),
    );
  } catch (error) {
    if (error instanceof Response) throw error;
    return failed(error, form);
  }
  return done(context, context.address, "Role saved");
}

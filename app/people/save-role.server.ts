/** Action of the form that changes a user's role. */
import { api } from "../../convex/_generated/api.js";
import { isRole } from "../../convex/model/roles.ts";
import { asViewer } from "../auth/as-viewer.server.ts";
import { done, failed, refused } from "../data/forms.server.ts";
import type { RequestContext } from "../request/context.ts";

/**
 * Saves a user's role. Convex checks the permission, and that an admin remains.
 *
 * @param form - The form's values: `userId` and `role`.
 */
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

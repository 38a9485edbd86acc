/** Action of the time zone form. */
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { asViewer } from "../auth/as-viewer.server.ts";
import { done, failed } from "../data/forms.server.ts";
import type { RequestContext } from "../request/context.ts";

/**
 * Stores the user's time zone. Convex validates it.
 *
 * @param form - The form's values: `timeZone`.
 */
export async function saveTimeZone(form: Record<string, string>, context: RequestContext) {
  try {
    await asViewer(context, href("/settings"), (convex) =>
      convex.mutation(api.preferences.set, { timeZone: form.timeZone?.trim() ?? "" }),
    );
  } catch (error) {
    if (error instanceof Response) throw error;
    return failed(error, form, "timeZone");
  }
  return done(context, href("/settings"));
}

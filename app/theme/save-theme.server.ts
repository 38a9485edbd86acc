/** Action of the theme form: stores the theme in a cookie, and in Convex for a signed-in user. */
import { data } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { asViewer } from "../auth/as-viewer.server.ts";
import { done, failed, isClientSubmit, readForm, refused } from "../data/forms.server.ts";
import type { RequestContext } from "../request/context.ts";
import { rememberTheme } from "../request/theme-cookie.server.ts";
import { isTheme } from "../ui/theme.ts";

/**
 * Stores a theme.
 *
 * @param path - The path of the form's page.
 * @param read - The form's values, if the body has already been read.
 */
export async function saveTheme(
  request: Request,
  context: RequestContext,
  path: string,
  read?: Record<string, string>,
) {
  const form = read ?? (await readForm(request));
  const { theme } = form;
  if (!isTheme(theme)) return refused(form, { errors: { theme: "Choose Light, Dark or System." } });
  if ((await context.auth.open()) !== null) {
    try {
      await asViewer(context, path, (convex) => convex.mutation(api.preferences.set, { theme }));
    } catch (error) {
      if (error instanceof Response) throw error;
      // The cookie is set even if Convex failed.
      context.setCookies.push(rememberTheme(context.env, theme));
      return failed(error, form, "theme");
    }
  }
  context.setCookies.push(rememberTheme(context.env, theme));
  return isClientSubmit(request) ? data(null) : done(context, path);
}

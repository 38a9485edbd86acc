/** Stores the theme in a cookie, and in Convex for a signed-in user. */
import { data } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { asCurrentUser } from "../auth/as-current-user.server.ts";
import { isClientSubmit, served } from "../data/forms.server.ts";
import { rememberTheme } from "../request/theme-cookie.server.ts";
import type { Theme } from "../ui/theme.ts";
import { chooseTheme } from "./theme-form.ts";

/** The theme's form with its function. A script, which needs no notice, gets no redirect. */
export const serveTheme = served(chooseTheme, async (call, values, request) => {
  const theme = values.theme as Theme;
  // Before Convex, which may fail.
  call.setCookies.push(rememberTheme(call.env, theme));
  if ((await call.auth.open()) !== null) {
    await asCurrentUser(call, call.address, (convex) => convex.mutation(api.preferences.set, { theme }));
  }
  return isClientSubmit(request) ? data(null) : undefined;
});

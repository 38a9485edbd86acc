/** Preferences of the current user: theme and time zone. */
import { v } from "convex/values";
import { pageQuery, viewerMutation } from "./functions.ts";
import { preferencesOf, preferencesShape, setPreferences, themeShape } from "./model/preferences.ts";

export const get = pageQuery({
  args: {},
  returns: preferencesShape,
  handler: async (ctx) =>
    ctx.user === null ? { theme: null, timeZone: null } : await preferencesOf(ctx, ctx.user._id),
});

export const set = viewerMutation({
  args: { theme: v.optional(themeShape), timeZone: v.optional(v.string()) },
  returns: v.null(),
  handler: async (ctx, args) => {
    await setPreferences(ctx, ctx.user._id, args);
    return null;
  },
});

/** Preferences of a user: theme and time zone. */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { requireTimeZone } from "./input.ts";
import { saveTimeZone } from "./memberships.ts";
import { isTimeZone } from "./timeZones.ts";

export const themeShape = v.union(v.literal("light"), v.literal("dark"), v.literal("system"));

export type Theme = Infer<typeof themeShape>;

/** The stored preferences; null if unset. */
export const preferencesShape = v.object({
  theme: v.union(themeShape, v.null()),
  timeZone: v.union(v.string(), v.null()),
});

export type Preferences = Infer<typeof preferencesShape>;

export async function preferencesOf(ctx: QueryCtx, userId: Id<"users">): Promise<Preferences> {
  const row = await rowOf(ctx, userId);
  return { theme: row?.theme ?? null, timeZone: row?.timeZone ?? null };
}

// agents:start
/** Returns the stored time zone of a user; null if none is stored. */
export async function timeZoneOf(ctx: QueryCtx, userId: Id<"users">): Promise<string | null> {
  return (await rowOf(ctx, userId))?.timeZone ?? null;
}
// agents:end

/**
 * Stores the given preferences and leaves the others unchanged.
 *
 * @throws `invalid` if the time zone is unknown.
 */
export async function setPreferences(
  ctx: MutationCtx,
  userId: Id<"users">,
  wanted: { theme?: Theme; timeZone?: string },
): Promise<void> {
  const change = {
    ...(wanted.theme !== undefined && { theme: wanted.theme }),
    ...(wanted.timeZone !== undefined && { timeZone: requireTimeZone(wanted.timeZone) }),
  };
  const row = await rowOf(ctx, userId);
  if (row === null) await ctx.db.insert("preferences", { userId, ...change });
  else await ctx.db.patch("preferences", row._id, change);
  if (change.timeZone !== undefined) await saveTimeZone(ctx, userId, change.timeZone); // agents:line
}

/**
 * Stores the browser's preferences at sign-in if the user has none yet. An unknown time zone is ignored.
 *
 * @returns The preferences that now apply.
 */
export async function adoptFromBrowser(
  ctx: MutationCtx,
  userId: Id<"users">,
  browser: { theme?: Theme; timeZone?: string },
): Promise<Preferences> {
  const stored = await preferencesOf(ctx, userId);
  const adopted: { theme?: Theme; timeZone?: string } = {};
  if (stored.theme === null && browser.theme !== undefined) adopted.theme = browser.theme;
  if (stored.timeZone === null && browser.timeZone !== undefined && isTimeZone(browser.timeZone)) {
    adopted.timeZone = browser.timeZone;
  }
  if (Object.keys(adopted).length > 0) await setPreferences(ctx, userId, adopted);
  return { ...stored, ...adopted };
}

async function rowOf(ctx: QueryCtx, userId: Id<"users">): Promise<Doc<"preferences"> | null> {
  return await ctx.db
    .query("preferences")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .unique();
}

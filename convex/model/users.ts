/** Users: lookup, what users see of each other, and changes of their profile. */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { normalizeEmail, requirePersonName, requirePicture } from "./input.ts";
import { preferencesOf, preferencesShape } from "./preferences.ts";
import { rejection } from "./rejection.ts";
import { roleAllows } from "./roles.ts";
import { nameFields, profileFields, userFields } from "./userFields.ts";
import { saveSearchTerms } from "./userSearch.ts";
import { noteChangedHere } from "./userSync.ts";

const storedUser = { _id: v.id("users"), _creationTime: v.number(), ...userFields };

/** A whole user, for the user and for admins. */
export const userShape = v.object(storedUser);

/** What a user may see of another. */
export const colleagueShape = v.object({ _id: v.id("users"), email: v.string(), ...nameFields });

/** The current user, as every page needs it. */
export const viewerShape = v.object({ ...storedUser, preferences: preferencesShape });

export type Viewer = Infer<typeof viewerShape>;

/**
 * Returns the user with this WorkOS id, or null. Ids stay unique because a sync looks here first, in the same
 * transaction.
 */
export async function findByWorkOSId(ctx: QueryCtx, workosUserId: string): Promise<Doc<"users"> | null> {
  return await ctx.db
    .query("users")
    .withIndex("by_workos_id", (q) => q.eq("workosUserId", workosUserId))
    .unique();
}

/** Returns the user with this e-mail, suspended or not. A user with a verified e-mail is preferred. */
export async function findByEmail(ctx: QueryCtx, email: string): Promise<Doc<"users"> | null> {
  const normalized = normalizeEmail(email);
  if (normalized === "") return null;
  const found = await ctx.db
    .query("users")
    .withIndex("by_email", (q) => q.eq("email", normalized))
    .collect();
  return found.find((user) => user.emailVerified) ?? found[0] ?? null;
}

/** Returns the current user for `users.viewer`; null before the first sync. */
export async function viewerOf(ctx: QueryCtx, user: Doc<"users"> | null): Promise<Viewer | null> {
  if (user === null) return null;
  return { ...user, preferences: await preferencesOf(ctx, user._id) };
}

export function mayReadAnyone(user: Doc<"users"> | null): boolean {
  return user !== null && roleAllows(user.role, "users.readAny");
}

/** Returns the error for a user that the current user may not see, whether that user exists or not. */
export function notYours() {
  return rejection("forbidden", "You may not see or change this person.");
}

/** Returns the part of a user that other users may see. */
export function asColleague(user: Doc<"users">): Infer<typeof colleagueShape> {
  const { _id, email, firstName, lastName, profilePictureUrl } = user;
  return {
    _id,
    email,
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(profilePictureUrl !== undefined && { profilePictureUrl }),
  };
}

/** Returns the users with these ids, without duplicates, as colleagues. */
export async function peopleIn(ctx: QueryCtx, ids: Id<"users">[]): Promise<Infer<typeof colleagueShape>[]> {
  const people = await Promise.all([...new Set(ids)].map((id) => ctx.db.get("users", id)));
  return people.filter((user) => user !== null).map(asColleague);
}

// agents:start
/** Returns whether two users are members of the same project. */
export async function shareProject(ctx: QueryCtx, one: Id<"users">, other: Id<"users">): Promise<boolean> {
  const mine = ctx.db.query("projectMembers").withIndex("by_user", (q) => q.eq("userId", one));
  for await (const { projectId } of mine) {
    const shared = await ctx.db
      .query("projectMembers")
      .withIndex("by_project", (q) => q.eq("projectId", projectId).eq("userId", other))
      .first();
    if (shared !== null) return true;
  }
  return false;
}
// agents:end

const profileChange = v.object(profileFields);

/** A change of the profile: absent fields stay, empty ones are removed. */
export type ProfileChange = Infer<typeof profileChange>;

/** The check of each field; returns the value to store. */
const RULES: Record<keyof ProfileChange, (sent: string) => string> = {
  firstName: requirePersonName,
  lastName: requirePersonName,
  profilePictureUrl: requirePicture,
};

/**
 * Changes the user's profile, and records the changed fields so that no sync overwrites them.
 *
 * @throws `invalid` if a value breaks a rule.
 */
export async function changeProfile(
  ctx: MutationCtx,
  user: Doc<"users">,
  change: ProfileChange,
): Promise<void> {
  const patch: ProfileChange = {};
  for (const field of Object.keys(RULES) as (keyof ProfileChange)[]) {
    const sent = change[field];
    if (sent === undefined) continue;
    const kept = RULES[field](sent);
    if (kept !== (user[field] ?? "")) patch[field] = kept === "" ? undefined : kept;
  }
  const changed = Object.keys(patch) as (keyof ProfileChange)[];
  if (changed.length === 0) return;
  await ctx.db.patch("users", user._id, { ...patch, updatedAt: Date.now() });
  await noteChangedHere(ctx, user._id, changed.filter(isWorkOSField));
  await saveSearchTerms(ctx, { ...user, ...patch });
}

function isWorkOSField(field: keyof ProfileChange): field is keyof typeof nameFields {
  return field in nameFields;
}

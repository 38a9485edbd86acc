/**
 * Sync of users from WorkOS, without overwriting changes made in Mosaic.
 *
 * WorkOS decides e-mails always, names and pictures until the user changes them here, and the role only once.
 */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { moveEmailChannels } from "./alerts/emailChannels.ts";
import { claimPendingEntries } from "./audit.ts";
import { adminEmails, entryRule } from "./environment.ts";
import { acceptablePicture, normalizeEmail } from "./input.ts";
import { acceptInvites } from "./invites.ts";
import { fitName } from "./names.ts";
import { DEFAULT_ROLE, isRole, type Role } from "./roles.ts";
import { nameFields } from "./userFields.ts";
import { saveSearchTerms } from "./userSearch.ts";

/** A user as WorkOS describes them. */
export const profileArgs = {
  workosUserId: v.string(),
  email: v.string(),
  ...nameFields,
  emailVerified: v.boolean(),
  /** `updated_at` of the WorkOS user in Unix ms, if known. Updates older than the latest are ignored. */
  updatedAt: v.optional(v.number()),
};

const profile = v.object(profileArgs);
export type WorkOSProfile = Infer<typeof profile>;

type SyncState = Doc<"userSync">;
type Known = { user: Doc<"users">; sync: SyncState };

/**
 * Source of the data: a sign-in through the worker, with the token's claims `role` and `org_id`, or a WorkOS
 * webhook.
 */
export type SyncSource =
  | { from: "token"; roleClaim: unknown; organizationId: string | null }
  | { from: "webhook" };

/**
 * Creates or updates a user. Idempotent.
 *
 * @param existing - The user's row, or null. The caller must have rejected deleted users.
 */
export async function syncUser(
  ctx: MutationCtx,
  existing: Doc<"users"> | null,
  sent: WorkOSProfile,
  source: SyncSource,
): Promise<Id<"users">> {
  const said = fitted(sent);
  const known =
    existing === null ? await createUser(ctx, said) : { user: existing, sync: await syncOf(ctx, existing) };
  const believed = isStale(known.sync, said) ? known.user : await applyProfile(ctx, known, said);
  await settleRole(ctx, { user: believed, sync: known.sync }, source);
  if (source.from === "token") {
    if (existing === null) await claimPendingEntries(ctx, believed);
    if (believed.emailVerified) await acceptInvites(ctx, believed); // agents:line
  }
  return believed._id;
}

/** Records that the user changed these fields here, so that no sync overwrites them. */
export async function noteChangedHere(
  ctx: MutationCtx,
  userId: Id<"users">,
  fields: (keyof SyncState["changedHere"])[],
): Promise<void> {
  const sync = await findSync(ctx, userId);
  if (sync === null) return;
  const changedHere = { ...sync.changedHere };
  for (const field of fields) changedHere[field] = true;
  await ctx.db.patch("userSync", sync._id, { changedHere });
}

/** Records that an admin set the role, so that the role claim is ignored from now on. */
export async function noteRoleChosen(ctx: MutationCtx, userId: Id<"users">): Promise<void> {
  const sync = await findSync(ctx, userId);
  if (sync !== null) await ctx.db.patch("userSync", sync._id, { roleSettled: true });
}

/** Returns the profile with cleaned names and picture, and the e-mail normalized. */
function fitted(sent: WorkOSProfile): WorkOSProfile {
  const firstName = fitName(sent.firstName);
  const lastName = fitName(sent.lastName);
  const profilePictureUrl = acceptablePicture(sent.profilePictureUrl);
  return {
    workosUserId: sent.workosUserId,
    email: normalizeEmail(sent.email),
    emailVerified: sent.emailVerified,
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(profilePictureUrl !== undefined && { profilePictureUrl }),
    ...(sent.updatedAt !== undefined && { updatedAt: sent.updatedAt }),
  };
}

async function createUser(ctx: MutationCtx, said: WorkOSProfile): Promise<Known> {
  const now = Date.now();
  const { updatedAt, workosUserId, ...rest } = said;
  const userId = await ctx.db.insert("users", {
    ...rest,
    workosUserId,
    createdAt: now,
    updatedAt: now,
    role: DEFAULT_ROLE,
    status: "active",
  });
  const user = await mustGet(ctx.db.get("users", userId));
  await saveSearchTerms(ctx, user);
  return { user, sync: await createSync(ctx, user, updatedAt) };
}

async function createSync(
  ctx: MutationCtx,
  user: Doc<"users">,
  workosUpdatedAt?: number,
): Promise<SyncState> {
  const { email, emailVerified, firstName, lastName, profilePictureUrl } = user;
  const syncId = await ctx.db.insert("userSync", {
    userId: user._id,
    email,
    emailVerified,
    firstName,
    lastName,
    profilePictureUrl,
    workosUpdatedAt,
    changedHere: { firstName: false, lastName: false, profilePictureUrl: false },
    roleSettled: false,
    adminEmailChecked: false,
  });
  return await mustGet(ctx.db.get("userSync", syncId));
}

async function syncOf(ctx: MutationCtx, user: Doc<"users">): Promise<SyncState> {
  return (await findSync(ctx, user._id)) ?? (await createSync(ctx, user));
}

function isStale(sync: SyncState, said: WorkOSProfile): boolean {
  return (
    said.updatedAt !== undefined &&
    sync.workosUpdatedAt !== undefined &&
    said.updatedAt < sync.workosUpdatedAt
  );
}

async function applyProfile(
  ctx: MutationCtx,
  { user, sync }: Known,
  said: WorkOSProfile,
): Promise<Doc<"users">> {
  const { email, emailVerified, firstName, lastName, profilePictureUrl } = said;
  const word = { email, emailVerified, firstName, lastName, profilePictureUrl };
  const wanted = {
    ...word,
    ...(sync.changedHere.firstName && { firstName: user.firstName }),
    ...(sync.changedHere.lastName && { lastName: user.lastName }),
    ...(sync.changedHere.profilePictureUrl && { profilePictureUrl: user.profilePictureUrl }),
  };
  const workosUpdatedAt = said.updatedAt ?? sync.workosUpdatedAt;
  if (differs(sync, { ...word, workosUpdatedAt }))
    await ctx.db.patch("userSync", sync._id, { ...word, workosUpdatedAt });
  if (!differs(user, wanted)) return user;
  await ctx.db.patch("users", user._id, { ...wanted, updatedAt: Date.now() });
  const changed = { ...user, ...wanted };
  if (changed.email !== user.email) await moveEmailChannels(ctx, user._id, changed.email); // agents:line
  await saveSearchTerms(ctx, changed);
  return changed;
}

/**
 * Applies the role claim at the first sync with a token, and `ADMIN_EMAILS` at the first sync with a verified
 * e-mail. `ADMIN_EMAILS` takes precedence.
 */
async function settleRole(ctx: MutationCtx, { user, sync }: Known, source: SyncSource): Promise<void> {
  let role: Role = user.role;
  let { roleSettled, adminEmailChecked } = sync;
  if (!roleSettled && source.from === "token") {
    if (role !== "admin") role = claimedRole(source) ?? role;
    roleSettled = true;
  }
  if (!adminEmailChecked && user.emailVerified) {
    if (adminEmails().includes(user.email)) role = "admin";
    adminEmailChecked = true;
  }
  if (role !== user.role) await ctx.db.patch("users", user._id, { role, updatedAt: Date.now() });
  if (differs(sync, { roleSettled, adminEmailChecked })) {
    await ctx.db.patch("userSync", sync._id, { roleSettled, adminEmailChecked });
  }
}

/**
 * Returns the role in a token; null if it has none that counts. The admin of an organization is an admin here
 * only if it is the organization of this deployment.
 */
function claimedRole({ roleClaim, organizationId }: { roleClaim: unknown; organizationId: string | null }) {
  if (!isRole(roleClaim)) return null;
  if (roleClaim !== "admin") return roleClaim;
  return organizationId !== null && organizationId === entryRule().organizationId ? roleClaim : null;
}

/** Returns the sync state of a user. */
export async function findSync(ctx: QueryCtx, userId: Id<"users">): Promise<SyncState | null> {
  return await ctx.db
    .query("userSync")
    .withIndex("by_user", (q) => q.eq("userId", userId))
    .unique();
}

/** Returns whether a write would change anything. A write without changes would re-run every subscription. */
function differs<T extends object>(stored: T, wanted: Partial<T>): boolean {
  return (Object.keys(wanted) as (keyof T)[]).some((field) => stored[field] !== wanted[field]);
}

async function mustGet<T>(inserted: Promise<T | null>): Promise<T> {
  const row = await inserted;
  if (row === null) throw new Error("a row inserted in this transaction is missing");
  return row;
}

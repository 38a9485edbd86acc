/** API keys of projects: shown once, stored only as a hash, valid until revoked. */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { recordEvent } from "./audit.ts";
import { edgeSecrets } from "./environment.ts";
import { sha256Hex, toHex } from "./hex.ts";
import { requireName } from "./input.ts";
import { DAY_MS, LAST_MS } from "./intervals.ts";
import { type KeyScope, scopeShape } from "./keyScopes.ts";
import { findUse, lastUseOf } from "./keyUses.ts";
import { visibleName } from "./names.ts";
import { findMade, rememberMade, submissionOf } from "./once.ts";
import { requireOwnProject } from "./projects.ts";
import { rejection } from "./rejection.ts";

const PREFIX = "mosaic_";
const RANDOM_BYTES = 32;
const MOST_ACTIVE = 50;

/** Keys in a list of those that last, of those that expire, and of those that were revoked. */
const MOST_OF_EACH = 200;

/** How long keys are listed after they were revoked or have expired, in ms. */
const KEPT_MS = 30 * DAY_MS;
const STEP = 50;

/** An API key as the owner of the project sees it. Times are Unix ms, null if the event has not happened. */
export const listedKeyShape = v.object({
  keyId: v.id("projectKeys"),
  name: v.string(),
  scope: scopeShape,
  createdAt: v.number(),
  expiresAt: v.union(v.number(), v.null()),
  lastUsedAt: v.union(v.number(), v.null()),
  revokedAt: v.union(v.number(), v.null()),
});

/**
 * Returns the API keys of a project, newest first: all that are active, and the last of the others. It does not
 * depend on the clock.
 */
export async function keysOf(
  ctx: QueryCtx,
  projectId: Id<"projects">,
): Promise<Infer<typeof listedKeyShape>[]> {
  const lists = await Promise.all(
    [
      ctx.db
        .query("projectKeys")
        .withIndex("by_expiry", (q) =>
          q.eq("projectId", projectId).eq("revokedAt", undefined).eq("expiresAt", undefined),
        ),
      ctx.db
        .query("projectKeys")
        .withIndex("by_expiry", (q) =>
          q.eq("projectId", projectId).eq("revokedAt", undefined).gt("expiresAt", 0),
        ),
      ctx.db
        .query("projectKeys")
        .withIndex("by_expiry", (q) => q.eq("projectId", projectId).gt("revokedAt", 0)),
    ].map((rows) => rows.order("desc").take(MOST_OF_EACH)),
  );
  const keys = lists.flat().sort((a, b) => b.createdAt - a.createdAt || b._creationTime - a._creationTime);
  return await Promise.all(
    keys.map(async (key) => ({
      keyId: key._id,
      name: visibleName(key.name),
      scope: key.scope ?? "send",
      createdAt: key.createdAt,
      // Keys that were created before there was a limit may expire later.
      expiresAt: key.expiresAt === undefined ? null : Math.min(key.expiresAt, LAST_MS),
      lastUsedAt: await lastUseOf(ctx, key),
      revokedAt: key.revokedAt ?? null,
    })),
  );
}

/**
 * Creates an API key. This is the only time that the key itself is available.
 *
 * @param expiresAt - Unix ms; undefined for never.
 * @param once - Random value of the form, which makes one key however often it is submitted at a time.
 * @throws `invalid` if the name breaks a rule or the expiry has passed; `limit_reached` if the project has as
 *   many active keys as it may have; `conflict` if the form has created a key that cannot be shown again.
 */
export async function createKey(
  ctx: MutationCtx,
  maker: Doc<"users">,
  project: Doc<"projects">,
  { name, scope, expiresAt, once }: { name: string; scope?: KeyScope; expiresAt?: number; once?: string },
): Promise<{ keyId: Id<"projectKeys">; key: string }> {
  const now = Date.now();
  if (expiresAt !== undefined && !(Number.isInteger(expiresAt) && expiresAt > now && expiresAt <= LAST_MS)) {
    throw rejection("invalid", "Choose an expiry in the future, before the year 10000.");
  }
  const submission = await submissionOf(maker._id, once, "key", project._id, name, scope, expiresAt);
  const made = await findMade(ctx, "projectKeys", submission);
  if (made !== null) {
    const key = await newKey(submission, once, made.createdAt);
    if ((await hashOfKey(key)) === made.hash) return { keyId: made._id, key };
    throw rejection("conflict", "This key has been created. Revoke it and create another one.");
  }
  await requireRoomForKey(ctx, project, now);
  const key = await newKey(submission, once, now);
  const keyId = await ctx.db.insert("projectKeys", {
    projectId: project._id,
    name: requireName(name),
    hash: await hashOfKey(key),
    createdAt: now,
    ...(scope === "read" && { scope }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
  await recordEvent(ctx, project.ownerId, "key_created", { actorId: maker._id, target: name.trim() });
  await rememberMade(ctx, submission, keyId);
  return { keyId, key };
}

/**
 * Returns the key of a submission, or a random one. It can be computed again from the random value in the form,
 * which is not stored, and a secret of the deployment, so that the answer to a second click has the same key.
 */
async function newKey(
  submission: string | null,
  once: string | undefined,
  createdAt: number,
): Promise<string> {
  const [secret] = edgeSecrets();
  if (submission === null || secret === undefined)
    return PREFIX + toHex(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
  return PREFIX + (await sha256Hex(JSON.stringify(["mosaic.key.v1", secret, once, submission, createdAt])));
}

/**
 * Revokes an API key. Idempotent.
 *
 * @throws `not_found` if the user may not see the key's project or there is no such key; `forbidden` for a
 *   member who is not the owner.
 */
export async function revokeKey(ctx: MutationCtx, user: Doc<"users">, keyId: string): Promise<void> {
  const id = ctx.db.normalizeId("projectKeys", keyId);
  const key = id === null ? null : await ctx.db.get("projectKeys", id);
  if (key === null) throw rejection("not_found", "There is no such key.");
  const project = await requireOwnProject(ctx, user, key.projectId);
  if (key.revokedAt !== undefined) return;
  await ctx.db.patch("projectKeys", key._id, { revokedAt: Date.now() });
  await recordEvent(ctx, project.ownerId, "key_revoked", { actorId: user._id, target: key.name });
}

async function requireRoomForKey(ctx: QueryCtx, { _id }: Doc<"projects">, now: number): Promise<void> {
  // Keys that were revoked or have expired are not read: a project may have any number of them.
  const [lasting, expiring] = await Promise.all([
    ctx.db
      .query("projectKeys")
      .withIndex("by_expiry", (q) =>
        q.eq("projectId", _id).eq("revokedAt", undefined).eq("expiresAt", undefined),
      )
      .take(MOST_ACTIVE),
    ctx.db
      .query("projectKeys")
      .withIndex("by_expiry", (q) => q.eq("projectId", _id).eq("revokedAt", undefined).gt("expiresAt", now))
      .take(MOST_ACTIVE),
  ]);
  if (lasting.length + expiring.length >= MOST_ACTIVE) {
    const message = `A project has at most ${MOST_ACTIVE} active keys. Revoke one that is not in use.`;
    throw rejection("limit_reached", message);
  }
}

/** Removes some keys that were revoked or have expired 30 days ago. Returns their number. */
export async function removeOldKeys(ctx: MutationCtx, now: number): Promise<number> {
  const before = now - KEPT_MS;
  const old = [
    ...(await ctx.db
      .query("projectKeys")
      .withIndex("by_end", (q) => q.gt("revokedAt", 0).lt("revokedAt", before))
      .take(STEP)),
    ...(await ctx.db
      .query("projectKeys")
      .withIndex("by_end", (q) => q.eq("revokedAt", undefined).gt("expiresAt", 0).lt("expiresAt", before))
      .take(STEP)),
  ];
  for (const { _id } of old) await removeKey(ctx, _id);
  return old.length;
}

/** Removes an API key, and when it was used. */
export async function removeKey(ctx: Pick<MutationCtx, "db">, keyId: Id<"projectKeys">): Promise<void> {
  const use = await findUse(ctx, keyId);
  if (use !== null) await ctx.db.delete("keyUses", use._id);
  await ctx.db.delete("projectKeys", keyId);
}

function isActive({ revokedAt, expiresAt }: Doc<"projectKeys">, now: number): boolean {
  return revokedAt === undefined && (expiresAt === undefined || expiresAt > now);
}

/**
 * Returns the active API key with this hash and its project; null if the key is unknown, revoked or expired,
 * or its project is deleted.
 */
export async function findKey(
  ctx: QueryCtx,
  hash: string,
  now: number,
): Promise<{ key: Doc<"projectKeys">; project: Doc<"projects"> } | null> {
  const key = await ctx.db
    .query("projectKeys")
    .withIndex("by_hash", (q) => q.eq("hash", hash))
    .unique();
  if (key === null || !isActive(key, now)) return null;
  const project = await ctx.db.get("projects", key.projectId);
  return project === null ? null : { key, project };
}

/** Returns the SHA-256 of an API key in hex, which the worker sends instead of the key. */
export async function hashOfKey(key: string): Promise<string> {
  return await sha256Hex(key);
}

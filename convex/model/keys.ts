/** API keys of projects: shown once, stored only as a hash, valid until revoked. */
import { type Infer, v } from "convex/values";
import type { Doc, Id } from "../_generated/dataModel";
import type { MutationCtx, QueryCtx } from "../_generated/server";
import { recordEvent } from "./audit.ts";
import { toHex } from "./hex.ts";
import { requireName } from "./input.ts";
import { visibleName } from "./names.ts";
import { requireManagedProject } from "./projects.ts";
import { rejection } from "./rejection.ts";

const PREFIX = "mosaic_";
const RANDOM_BYTES = 32;
const MOST_KEYS = 500;
const MINUTE_MS = 60_000;

/** An API key as the owner of the project sees it. Times are Unix ms, null if the event has not happened. */
export const listedKeyShape = v.object({
  keyId: v.id("projectKeys"),
  name: v.string(),
  createdAt: v.number(),
  lastUsedAt: v.union(v.number(), v.null()),
  revokedAt: v.union(v.number(), v.null()),
});

/** Returns the API keys of a project, newest first. */
export async function keysOf(
  ctx: QueryCtx,
  projectId: Id<"projects">,
): Promise<Infer<typeof listedKeyShape>[]> {
  const keys = await ctx.db
    .query("projectKeys")
    .withIndex("by_project", (q) => q.eq("projectId", projectId))
    .order("desc")
    .take(MOST_KEYS);
  return keys.map(({ _id, name, createdAt, lastUsedAt, revokedAt }) => ({
    keyId: _id,
    name: visibleName(name),
    createdAt,
    lastUsedAt: lastUsedAt ?? null,
    revokedAt: revokedAt ?? null,
  }));
}

/**
 * Creates an API key. This is the only time that the key itself is available.
 *
 * @throws `invalid` if the name breaks a rule.
 */
export async function createKey(
  ctx: MutationCtx,
  maker: Doc<"users">,
  project: Doc<"projects">,
  name: string,
): Promise<{ keyId: Id<"projectKeys">; key: string }> {
  const key = PREFIX + toHex(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)));
  const keyId = await ctx.db.insert("projectKeys", {
    projectId: project._id,
    name: requireName(name),
    hash: await hashOfKey(key),
    createdAt: Date.now(),
  });
  await recordEvent(ctx, project.ownerId, "key_created", { actorId: maker._id, target: name.trim() });
  return { keyId, key };
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
  const project = await requireManagedProject(ctx, user, key.projectId);
  if (key.revokedAt !== undefined) return;
  await ctx.db.patch("projectKeys", key._id, { revokedAt: Date.now() });
  await recordEvent(ctx, project.ownerId, "key_revoked", { actorId: user._id, target: key.name });
}

/** Returns the valid API key with this hash, or null if it is unknown, revoked, or its project is deleted. */
export async function findGoodKey(ctx: QueryCtx, hash: string): Promise<Doc<"projectKeys"> | null> {
  const key = await ctx.db
    .query("projectKeys")
    .withIndex("by_hash", (q) => q.eq("hash", hash))
    .unique();
  if (key === null || key.revokedAt !== undefined) return null;
  return (await ctx.db.get("projects", key.projectId)) === null ? null : key;
}

/**
 * Updates `lastUsedAt`, rounded to the minute, so that a busy agent does not write the row on every request.
 */
export async function touchKey(ctx: MutationCtx, key: Doc<"projectKeys">): Promise<void> {
  const minute = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
  if (key.lastUsedAt !== minute) await ctx.db.patch("projectKeys", key._id, { lastUsedAt: minute });
}

/** Returns the SHA-256 of an API key in hex, which the worker sends instead of the key. */
export async function hashOfKey(key: string): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key))));
}

/** WorkOS webhook events: parses the events that Mosaic handles, and applies them. */
import { type Infer, v } from "convex/values";
import type { MutationCtx } from "../_generated/server";
import { closeAccount, closeUnknownAccount } from "./accounts.ts";
import { dropEmailChannels } from "./alerts/emailChannels.ts"; // agents:line
import { recordEvent, recordEventAbout } from "./audit.ts";
import { emailProblem } from "./entryRule.ts";
import { entryRule } from "./environment.ts";
import { SECOND_MS, startOf } from "./intervals.ts";
import {
  applyMembership,
  applyOrganizationDeleted,
  membershipEventShape,
} from "./organizationMemberships.ts";
import { type Person, revokeAllSessions, revokeSession, revokeSessionsBefore } from "./sessions.ts";
import { profileArgs, syncUser, type WorkOSProfile } from "./userSync.ts";
import { findByWorkOSId } from "./users.ts";

/** An event that Mosaic handles, in its own format. */
export const workosEventShape = v.union(
  v.object({ type: v.literal("user_changed"), profile: v.object(profileArgs) }),
  v.object({ type: v.literal("user_deleted"), workosUserId: v.string() }),
  v.object({ type: v.literal("session_revoked"), workosUserId: v.string(), sessionId: v.string() }),
  v.object({ type: v.literal("password_changed"), workosUserId: v.string(), at: v.number() }),
  membershipEventShape,
  v.object({ type: v.literal("organization_deleted"), organizationId: v.string(), at: v.number() }),
);

export type WorkOSEvent = Infer<typeof workosEventShape>;

/** A parsed body: an event to handle, an event to ignore, or a malformed body. */
export type ParsedEvent = { eventId: string; event: WorkOSEvent } | "ignored" | "malformed";

type Json = { [field: string]: unknown };

/**
 * Parses the body of a webhook.
 *
 * @param body - JSON from WorkOS. The signature must already be verified.
 * @param now - The time of an event that does not say when it happened, Unix ms.
 */
export function parseEvent(body: string, now: number): ParsedEvent {
  const sent = parseObject(body);
  if (sent === null || typeof sent.id !== "string" || typeof sent.event !== "string") return "malformed";
  const data = isObject(sent.data) ? sent.data : {};
  const at = typeof sent.created_at === "string" ? Date.parse(sent.created_at) : Number.NaN;
  const event = readEvent(sent.event, data, Number.isNaN(at) ? now : at);
  return event === "ignored" || event === "malformed" ? event : { eventId: sent.id, event };
}

/** Applies an event once: the event id is stored in the same transaction. Events may arrive in any order. */
export async function handleEvent(ctx: MutationCtx, eventId: string, event: WorkOSEvent): Promise<void> {
  const known = await ctx.db
    .query("webhookEvents")
    .withIndex("by_event", (q) => q.eq("eventId", eventId))
    .first();
  if (known !== null) return;
  await ctx.db.insert("webhookEvents", { eventId, receivedAt: Date.now() });

  if (event.type === "organization_deleted")
    return await applyOrganizationDeleted(ctx, event.organizationId, event.at);
  const workosUserId = event.type === "user_changed" ? event.profile.workosUserId : event.workosUserId;
  const user = await findByWorkOSId(ctx, workosUserId);
  const person = { workosUserId, user };
  switch (event.type) {
    case "user_changed":
      return await applyProfile(ctx, person, event.profile);
    case "user_deleted":
      if (user === null) await closeUnknownAccount(ctx, workosUserId);
      else await closeAccount(ctx, user);
      return;
    case "session_revoked":
      return await revokeSession(ctx, person, event.sessionId);
    case "password_changed":
      await recordEventAbout(ctx, person, "password_change");
      // A session of the same second stays: AuthKit signs the user in right after the reset.
      await revokeSessionsBefore(ctx, person, startOf(event.at, SECOND_MS));
      return;
    case "membership_changed":
      return await applyMembership(ctx, person, event);
  }
}

/** Stores what WorkOS says about a user, and ends the sessions of one whose e-mail may no longer enter. */
async function applyProfile(ctx: MutationCtx, { user }: Person, profile: WorkOSProfile): Promise<void> {
  if (user?.status === "deleted") return;
  const rule = entryRule();
  // A user who may not enter, or may be no member of the organization, is stored at the first sign-in.
  if (user === null && (rule.organizationId !== null || emailProblem(rule, profile) !== null)) return;
  const userId = await syncUser(ctx, user, profile, { from: "webhook" });
  const stored = await ctx.db.get("users", userId);
  if (stored === null || emailProblem(rule, stored) === null) return;
  await dropEmailChannels(ctx, userId); // agents:line
  const ended = await revokeAllSessions(ctx, stored.workosUserId);
  if (ended > 0) await recordEvent(ctx, userId, "sessions_ended", { target: `${ended}` });
}

/** @param at - Time of the event in Unix ms. */
function readEvent(type: string, data: Json, at: number): WorkOSEvent | "ignored" | "malformed" {
  switch (type) {
    case "user.created":
    case "user.updated":
      return readUser(data);
    case "user.deleted":
      return typeof data.id === "string" ? { type: "user_deleted", workosUserId: data.id } : "malformed";
    case "session.revoked":
      if (typeof data.id !== "string" || typeof data.user_id !== "string") return "malformed";
      return { type: "session_revoked", workosUserId: data.user_id, sessionId: data.id };
    case "password_reset.succeeded":
      if (typeof data.user_id !== "string") return "malformed";
      return { type: "password_changed", workosUserId: data.user_id, at };
    case "organization_membership.created":
    case "organization_membership.updated":
    case "organization_membership.deleted":
      return readMembership(type, data, at);
    case "organization.deleted":
      if (typeof data.id !== "string") return "malformed";
      return { type: "organization_deleted", organizationId: data.id, at };
    default:
      return "ignored";
  }
}

function readMembership(type: string, data: Json, at: number): WorkOSEvent | "malformed" {
  const { id, user_id: workosUserId, organization_id: organizationId, status } = data;
  const updatedAt = typeof data.updated_at === "string" ? Date.parse(data.updated_at) : Number.NaN;
  const areIds = typeof id === "string" && typeof workosUserId === "string";
  if (!areIds || typeof organizationId !== "string" || Number.isNaN(updatedAt)) return "malformed";
  return {
    type: "membership_changed",
    membershipId: id,
    workosUserId,
    organizationId,
    deleted: type === "organization_membership.deleted",
    ended: type === "organization_membership.updated" && status !== "active",
    updatedAt,
    at,
  };
}

function readUser(data: Json): WorkOSEvent | "malformed" {
  const updatedAt = typeof data.updated_at === "string" ? Date.parse(data.updated_at) : Number.NaN;
  if (typeof data.id !== "string" || typeof data.email !== "string" || Number.isNaN(updatedAt))
    return "malformed";
  return {
    type: "user_changed",
    profile: {
      workosUserId: data.id,
      email: data.email,
      emailVerified: data.email_verified === true,
      updatedAt,
      ...(typeof data.first_name === "string" && { firstName: data.first_name }),
      ...(typeof data.last_name === "string" && { lastName: data.last_name }),
      ...(typeof data.profile_picture_url === "string" && { profilePictureUrl: data.profile_picture_url }),
    },
  };
}

function parseObject(body: string): Json | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

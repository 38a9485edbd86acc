/** Database schema: all tables and the indexes for every query. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { migrationsTable } from "convex-helpers/server/migrations";
import { auditEvent } from "./model/auditEvents.ts";
import { membershipShape } from "./model/memberships.ts";
import { pointFields } from "./model/points.ts";
import { themeShape } from "./model/preferences.ts";
import { nameFields, userFields } from "./model/userFields.ts";

/** IP address and user agent of a session, as the worker saw them. */
const place = {
  ipAddress: v.optional(v.string()),
  userAgent: v.optional(v.string()),
};

export default defineSchema({
  /** Users. The row of a deleted user remains, emptied. */
  users: defineTable(userFields)
    .index("by_workos_id", ["workosUserId"])
    .index("by_email", ["email"])
    .index("by_status_email", ["status", "email"])
    .index("by_role_status", ["role", "status"]),

  /**
   * Search terms of users: one row for each lower-cased term (full name, last name, e-mail), matched by
   * prefix.
   */
  userSearch: defineTable({ userId: v.id("users"), term: v.string() })
    .index("by_term", ["term"])
    .index("by_user", ["userId"]),

  /**
   * The latest WorkOS data of each user, and which fields were changed in Mosaic and so are no longer synced.
   */
  userSync: defineTable({
    userId: v.id("users"),
    email: v.string(),
    ...nameFields,
    emailVerified: v.boolean(),
    /** `updated_at` of the WorkOS user in Unix ms, if given. Convex ignores updates older than this. */
    workosUpdatedAt: v.optional(v.number()),
    changedHere: v.object({ firstName: v.boolean(), lastName: v.boolean(), profilePictureUrl: v.boolean() }),
    /** The role claim has been applied once, or an admin has set the role. */
    roleSettled: v.boolean(),
    /** `ADMIN_EMAILS` has been applied, at the first sync with a verified e-mail. */
    adminEmailChecked: v.boolean(),
  }).index("by_user", ["userId"]),

  /** Sessions that the worker has seen and that are not revoked. The id comes from WorkOS. */
  sessions: defineTable({
    sessionId: v.string(),
    workosUserId: v.string(),
    startedAt: v.number(),
    lastSeenAt: v.number(),
    ...place,
    city: v.optional(v.string()),
    country: v.optional(v.string()),
  })
    .index("by_session", ["sessionId"])
    .index("by_user", ["workosUserId", "startedAt"])
    .index("by_started", ["startedAt"]),

  /** Revoked sessions. Keyed by user too, so that no user can revoke another user's session by its id. */
  revokedSessions: defineTable({ sessionId: v.string(), workosUserId: v.string(), revokedAt: v.number() })
    .index("by_session", ["sessionId", "workosUserId"])
    .index("by_revoked", ["revokedAt"]),

  preferences: defineTable({
    userId: v.id("users"),
    theme: v.optional(themeShape),
    timeZone: v.optional(v.string()),
  }).index("by_user", ["userId"]),

  projects: defineTable({ name: v.string(), ownerId: v.id("users"), createdAt: v.number() }),

  /**
   * Members of each project, including the owner. `projectCreatedAt` is copied from the project, to sort
   * lists.
   */
  projectMembers: defineTable({
    projectId: v.id("projects"),
    userId: v.id("users"),
    role: membershipShape,
    projectCreatedAt: v.number(),
  })
    .index("by_project", ["projectId", "userId"])
    .index("by_user", ["userId", "projectCreatedAt"]),

  /** Invitations of users who have not signed in with that verified e-mail yet. */
  projectInvites: defineTable({ projectId: v.id("projects"), email: v.string(), invitedBy: v.id("users") })
    .index("by_project", ["projectId", "email"])
    .index("by_email", ["email"]),

  /** API keys of agents. Only the SHA-256 of a key is stored; `lastUsedAt` is rounded to the minute. */
  projectKeys: defineTable({
    projectId: v.id("projects"),
    name: v.string(),
    hash: v.string(),
    createdAt: v.number(),
    lastUsedAt: v.optional(v.number()),
    revokedAt: v.optional(v.number()),
  })
    .index("by_hash", ["hash"])
    .index("by_project", ["projectId", "createdAt"]),

  /** Points as they were sent, kept for 30 days; `at` is Unix ms. */
  agentMetrics: defineTable({ projectId: v.id("projects"), ...pointFields })
    .index("by_project", ["projectId", "at"])
    .index("by_at", ["at"]),

  /** The newest point of each time series, so that lists of projects need not search for it. */
  latestMetrics: defineTable({ projectId: v.id("projects"), ...pointFields })
    .index("by_metric", ["projectId", "agent", "name"])
    .index("by_project", ["projectId", "at"]),

  /**
   * Rollups, written together with the points: one row for each time series, bucket width and bucket. Charts
   * read only these.
   */
  stats: defineTable({
    projectId: v.id("projects"),
    agent: v.string(),
    name: v.string(),
    /** Width of the bucket in ms; `at` is its start. */
    width: v.number(),
    at: v.number(),
    count: v.number(),
    sum: v.number(),
    min: v.number(),
    max: v.number(),
  })
    .index("by_metric", ["projectId", "agent", "name", "width", "at"])
    .index("by_width", ["width", "at"]),

  /** Batches that had an `Idempotency-Key`, kept for a day. */
  ingestions: defineTable({
    projectId: v.id("projects"),
    idempotencyKey: v.string(),
    bodyHash: v.string(),
    accepted: v.number(),
    at: v.number(),
  })
    .index("by_project", ["projectId", "idempotencyKey"])
    .index("by_at", ["at"]),

  auditLogs: defineTable({
    /** The user that the entry is about. */
    userId: v.id("users"),
    event: auditEvent,
    timestamp: v.number(),
    ...place,
    /** The user who acted, if it was a user of this deployment. */
    actorId: v.optional(v.id("users")),
    target: v.optional(v.string()),
  })
    .index("by_user", ["userId", "timestamp"])
    .index("by_time", ["timestamp"])
    .index("by_event", ["event", "timestamp"])
    .index("by_user_event", ["userId", "event", "timestamp"]),

  /** Audit entries about users who are not synced yet; moved to `auditLogs` at the first sync. */
  pendingAuditLogs: defineTable({
    workosUserId: v.string(),
    event: auditEvent,
    timestamp: v.number(),
    ...place,
    target: v.optional(v.string()),
  }).index("by_user", ["workosUserId"]),

  /** Ids of the WorkOS events handled, so that each is handled once. */
  webhookEvents: defineTable({ eventId: v.string(), receivedAt: v.number() })
    .index("by_event", ["eventId"])
    .index("by_received", ["receivedAt"]),

  /** Progress of each migration. */
  migrations: migrationsTable,
});

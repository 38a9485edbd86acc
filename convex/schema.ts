/** Every table, with an index for every read. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { migrationsTable } from "convex-helpers/server/migrations";
import { auditEvent } from "./model/auditEvents.ts";
import { membershipShape } from "./model/memberships.ts";
import { pointFields } from "./model/points.ts";
import { themeShape } from "./model/preferences.ts";
import { nameFields, userFields } from "./model/userFields.ts";

/** Where a session comes from, as the edge saw it. */
const place = {
  ipAddress: v.optional(v.string()),
  userAgent: v.optional(v.string()),
};

export default defineSchema({
  /** People. A deleted person's row stays, emptied. */
  users: defineTable(userFields)
    .index("by_workos_id", ["workosUserId"])
    .index("by_email", ["email"])
    .index("by_status_email", ["status", "email"])
    .index("by_role_status", ["role", "status"]),

  /** What an admin's search finds people by: one row for each lower-cased beginning (full name, last name, e-mail). */
  userSearch: defineTable({ userId: v.id("users"), term: v.string() })
    .index("by_term", ["term"])
    .index("by_user", ["userId"]),

  /** What WorkOS last said about a person, and what they changed here since, which no sync overwrites. */
  userSync: defineTable({
    userId: v.id("users"),
    email: v.string(),
    ...nameFields,
    emailVerified: v.boolean(),
    /** The WorkOS object's own `updated_at`, Unix ms, where it was given: what is older is not believed. */
    workosUpdatedAt: v.optional(v.number()),
    changedHere: v.object({ firstName: v.boolean(), lastName: v.boolean(), profilePictureUrl: v.boolean() }),
    /** The token's role claim has had its one chance, or an admin has chosen. */
    roleSettled: v.boolean(),
    /** `ADMIN_EMAILS` has had its one chance: at the first sync with a verified e-mail. */
    adminEmailChecked: v.boolean(),
  }).index("by_user", ["userId"]),

  /** Sessions that the worker has seen and that nobody has ended; the id is WorkOS's. */
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

  /** Sessions that are over. By user too: naming someone else's session ends nothing of theirs. */
  revokedSessions: defineTable({ sessionId: v.string(), workosUserId: v.string(), revokedAt: v.number() })
    .index("by_session", ["sessionId", "workosUserId"])
    .index("by_revoked", ["revokedAt"]),

  preferences: defineTable({
    userId: v.id("users"),
    theme: v.optional(themeShape),
    timeZone: v.optional(v.string()),
  }).index("by_user", ["userId"]),

  projects: defineTable({ name: v.string(), ownerId: v.id("users"), createdAt: v.number() }),

  /** Who is in a project, its owner included. `projectCreatedAt` is the project's, so that a list is in order. */
  projectMembers: defineTable({
    projectId: v.id("projects"),
    userId: v.id("users"),
    role: membershipShape,
    projectCreatedAt: v.number(),
  })
    .index("by_project", ["projectId", "userId"])
    .index("by_user", ["userId", "projectCreatedAt"]),

  /** People asked into a project before anyone with that verified e-mail was here. */
  projectInvites: defineTable({ projectId: v.id("projects"), email: v.string(), invitedBy: v.id("users") })
    .index("by_project", ["projectId", "email"])
    .index("by_email", ["email"]),

  /** What agents send with. Only the key's SHA-256 is kept; `lastUsedAt` is to the minute. */
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

  /** Every point as it was sent, kept for 30 days; `at` is Unix ms. */
  agentMetrics: defineTable({ projectId: v.id("projects"), ...pointFields })
    .index("by_project", ["projectId", "at"])
    .index("by_at", ["at"]),

  /** The newest point of each metric of each agent, so that a list of projects need not look for it. */
  latestMetrics: defineTable({ projectId: v.id("projects"), ...pointFields })
    .index("by_metric", ["projectId", "agent", "name"])
    .index("by_project", ["projectId", "at"]),

  /** Rollups, written with the points: one row for a metric, a bucket width and a bucket. A chart reads only these. */
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

  /** Batches that came with an `Idempotency-Key`, for a day. */
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
    /** Whom it is about. */
    userId: v.id("users"),
    event: auditEvent,
    timestamp: v.number(),
    ...place,
    /** Who did it, where that is a person here. */
    actorId: v.optional(v.id("users")),
    target: v.optional(v.string()),
  })
    .index("by_user", ["userId", "timestamp"])
    .index("by_time", ["timestamp"])
    .index("by_event", ["event", "timestamp"])
    .index("by_user_event", ["userId", "event", "timestamp"]),

  /** Audit entries about someone who is not here yet; they become theirs at the first sync. */
  pendingAuditLogs: defineTable({
    workosUserId: v.string(),
    event: auditEvent,
    timestamp: v.number(),
    ...place,
    target: v.optional(v.string()),
  }).index("by_user", ["workosUserId"]),

  /** WorkOS's events that have been handled, so that each is handled once. */
  webhookEvents: defineTable({ eventId: v.string(), receivedAt: v.number() })
    .index("by_event", ["eventId"])
    .index("by_received", ["receivedAt"]),

  /** How far each migration has come. */
  migrations: migrationsTable,
});

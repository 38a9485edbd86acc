/** Database schema: all tables and the indexes for every query. */
import { defineSchema, defineTable } from "convex/server";
import { v } from "convex/values";
import { migrationsTable } from "convex-helpers/server/migrations";
import { agentFields, stateChangeShape } from "./model/agents.ts";
import { alertTables } from "./model/alerts/tables.ts";
import { auditEvent } from "./model/auditEvents.ts";
import { batchFields } from "./model/batches.ts";
import { chunkFields } from "./model/chunks.ts";
import { dropCountShape } from "./model/drops.ts";
import { scopeShape } from "./model/keyScopes.ts";
import { membershipShape, projectCopyShape } from "./model/memberships.ts";
import { overviewFields, summaryRow } from "./model/overview.ts";
import { themeShape } from "./model/preferences.ts";
import { place, sessionTables } from "./model/sessionTables.ts";
import { streamRowFields } from "./model/streams.ts";
import { timeSeriesFields } from "./model/timeSeries.ts";
import { nameFields, userFields } from "./model/userFields.ts";

// agents:start
/** A point as it was stored before batches existed; `at` is Unix ms. */
const pointFields = { agent: v.string(), name: v.string(), value: v.number(), at: v.number() };

/** `at` is the start of the span in Unix ms, `width` that of a bucket in ms. */
const statsKey = {
  projectId: v.id("projects"),
  agent: v.string(),
  name: v.string(),
  width: v.number(),
  at: v.number(),
};
// agents:end

export default defineSchema({
  /** Users. The row of a deleted user remains, emptied. */
  users: defineTable(userFields)
    .index("by_workos_id", ["workosUserId"])
    .index("by_email", ["email"])
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

  ...sessionTables,

  preferences: defineTable({
    userId: v.id("users"),
    theme: v.optional(themeShape),
    timeZone: v.optional(v.string()),
  }).index("by_user", ["userId"]),

  // agents:start
  projects: defineTable({
    name: v.string(),
    ownerId: v.id("users"),
    createdAt: v.number(),
    archivedAt: v.optional(v.number()),
    /** When it was last restored: silence is judged from then on. */
    restoredAt: v.optional(v.number()),
  }),

  /**
   * Members of each project, including the owner, with copies of what lists need: `projectCreatedAt` sorts,
   * `project` is shown, and `timeZone` is the member's.
   */
  projectMembers: defineTable({
    projectId: v.id("projects"),
    userId: v.id("users"),
    role: membershipShape,
    projectCreatedAt: v.number(),
    project: v.optional(projectCopyShape),
    timeZone: v.optional(v.string()),
  })
    .index("by_project", ["projectId", "userId"])
    .index("by_user", ["userId", "projectCreatedAt"]),

  /** Invitations of users who have not signed in with that verified e-mail yet. */
  projectInvites: defineTable({ projectId: v.id("projects"), email: v.string(), invitedBy: v.id("users") })
    .index("by_project", ["projectId", "email"])
    .index("by_email", ["email"]),

  /** API keys of agents. Only the SHA-256 of a key is stored. */
  projectKeys: defineTable({
    projectId: v.id("projects"),
    name: v.string(),
    hash: v.string(),
    createdAt: v.number(),
    /** `send` if absent. */
    scope: v.optional(scopeShape),
    expiresAt: v.optional(v.number()),
    revokedAt: v.optional(v.number()),
    /** Written before `keyUses` existed. */
    lastUsedAt: v.optional(v.number()),
  })
    .index("by_hash", ["hash"])
    .index("by_project", ["projectId", "createdAt"])
    .index("by_expiry", ["projectId", "revokedAt", "expiresAt"])
    .index("by_end", ["revokedAt", "expiresAt"]),

  /** When each API key was last used, rounded to the minute. */
  keyUses: defineTable({ keyId: v.id("projectKeys"), lastUsedAt: v.number() }).index("by_key", ["keyId"]),

  /**
   * Batches as they were sent, one for each request, kept for 30 days. A row of the second form is one point;
   * it was written before batches existed.
   */
  agentMetrics: defineTable(
    v.union(
      v.object({ projectId: v.id("projects"), ...batchFields }),
      v.object({ projectId: v.id("projects"), ...pointFields }),
    ),
  )
    .index("by_project", ["projectId"])
    .index("by_idempotency_key", ["projectId", "idempotencyKey"])
    .index("by_at", ["at"]),

  /** Batches that the compactor has not folded yet. */
  pendingBatches: defineTable({
    projectId: v.id("projects"),
    batchId: v.id("agentMetrics"),
    keyId: v.id("projectKeys"),
    items: v.number(),
    /** Length of the text of its OpenTelemetry points. */
    textLength: v.optional(v.number()),
    /** Number of its items that are folded already. */
    from: v.optional(v.number()),
  }).index("by_project", ["projectId"]),

  /** The compactor of each project: whether a run is scheduled, and which chain of runs is current. */
  compactors: defineTable({
    projectId: v.id("projects"),
    active: v.boolean(),
    generation: v.number(),
    /** Start of the last run before it fell asleep, in Unix ms. */
    startedAt: v.number(),
  }).index("by_project", ["projectId"]),

  /** What lists and pages show of a project's agents. */
  overviews: defineTable({ projectId: v.id("projects"), ...overviewFields }).index("by_project", [
    "projectId",
  ]),

  /** The summary of each overview, for lists that show no agents. */
  summaries: defineTable({ projectId: v.id("projects"), ...summaryRow }).index("by_project", ["projectId"]),

  /** Items that were dropped, for a day after the last. */
  drops: defineTable({
    projectId: v.id("projects"),
    since: v.number(),
    writtenAt: v.number(),
    counts: v.array(dropCountShape),
  })
    .index("by_project", ["projectId"])
    .index("by_written", ["writtenAt"]),

  /** Agents, retired ones too. */
  agents: defineTable({ projectId: v.id("projects"), ...agentFields })
    .index("by_name", ["projectId", "agent"])
    .index("by_retired", ["retiredAt", "lastSeenAt"]),

  /** The last changes of each agent's state, oldest first. */
  agentStates: defineTable({
    projectId: v.id("projects"),
    agent: v.string(),
    changes: v.array(stateChangeShape),
  }).index("by_name", ["projectId", "agent"]),

  /** Time series with their open hours, until they had no point for 30 days. */
  timeSeries: defineTable({ projectId: v.id("projects"), ...timeSeriesFields })
    .index("by_name", ["projectId", "agent", "name"])
    .index("by_arrival", ["arrivedAt"]),

  /** The last points of cumulative OpenTelemetry streams, for a day. */
  streams: defineTable({ projectId: v.id("projects"), ...streamRowFields })
    .index("by_resource", ["projectId", "resource"])
    .index("by_at", ["at"]),

  /**
   * Rollups of closed hours and days in chunks: one row for each time series, bucket width and span. A row of
   * the second form is one bucket; it was written before chunks existed.
   */
  stats: defineTable(
    v.union(
      v.object({ ...statsKey, ...chunkFields }),
      v.object({ ...statsKey, count: v.number(), sum: v.number(), min: v.number(), max: v.number() }),
    ),
  )
    .index("by_series", ["projectId", "agent", "name", "width", "at"])
    .index("by_project", ["projectId", "width", "at"])
    .index("by_width", ["width", "at"]),

  /** The newest point of each time series. Replaced by `timeSeries`; the migration `moveLatest` empties it. */
  latestMetrics: defineTable({ projectId: v.id("projects"), ...pointFields })
    .index("by_metric", ["projectId", "agent", "name"])
    .index("by_project", ["projectId", "at"]),

  /** Idempotency keys. Replaced by those in `agentMetrics`; retention empties it. */
  ingestions: defineTable({
    projectId: v.id("projects"),
    idempotencyKey: v.string(),
    bodyHash: v.string(),
    accepted: v.number(),
    at: v.number(),
  })
    .index("by_project", ["projectId", "idempotencyKey"])
    .index("by_at", ["at"]),
  // agents:end

  /** Jobs of retention and deletion: the current run of each, and how many rows it has removed. */
  jobs: defineTable({
    job: v.string(),
    run: v.number(),
    startedAt: v.number(),
    stepAt: v.number(),
    removed: v.number(),
    endedAt: v.optional(v.number()),
  })
    .index("by_job", ["job"])
    .index("by_ended", ["endedAt", "stepAt"]),

  ...alertTables, // agents:line

  auditLogs: defineTable({
    /** The user that the entry is about. */
    userId: v.id("users"),
    event: auditEvent,
    timestamp: v.number(),
    ...place,
    /** The user who acted, if it was a user of this deployment. */
    actorId: v.optional(v.id("users")),
    target: v.optional(v.string()),
    impersonator: v.optional(v.string()),
  })
    .index("by_user", ["userId", "timestamp"])
    .index("by_time", ["timestamp"])
    .index("by_event", ["event", "timestamp"])
    .index("by_user_event", ["userId", "event", "timestamp"])
    .index("by_user_address", ["userId", "ipAddress"]),

  /** Audit entries about users who are not synced yet; moved to `auditLogs` at the first sync. */
  pendingAuditLogs: defineTable({
    workosUserId: v.string(),
    event: auditEvent,
    timestamp: v.number(),
    ...place,
    target: v.optional(v.string()),
    impersonator: v.optional(v.string()),
  }).index("by_user", ["workosUserId"]),

  // agents:start
  /** When an admin last opened a project that is not theirs. */
  projectViews: defineTable({ projectId: v.id("projects"), adminId: v.id("users"), at: v.number() })
    .index("by_project", ["projectId", "adminId"])
    .index("by_at", ["at"]),
  // agents:end

  /** Ids of the WorkOS events handled, so that each is handled once. */
  webhookEvents: defineTable({ eventId: v.string(), receivedAt: v.number() })
    .index("by_event", ["eventId"])
    .index("by_received", ["receivedAt"]),

  // agents:start
  /**
   * Forms without JavaScript that have made something, so that a double click makes one thing. `hash` is that
   * of the user, the form's random value and its other values.
   */
  submissions: defineTable({ hash: v.string(), made: v.string(), at: v.number() })
    .index("by_hash", ["hash", "at"])
    .index("by_at", ["at"]),
  // agents:end

  /** Progress of each migration. */
  migrations: migrationsTable,
});

/** Tables of sessions, of what ended them, and of what orders the events that end them. */
import { defineTable } from "convex/server";
import { v } from "convex/values";

/** IP address and user agent of a session, as the worker saw them. */
export const place = {
  ipAddress: v.optional(v.string()),
  userAgent: v.optional(v.string()),
};

export const sessionTables = {
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

  /**
   * All sessions of a user that started before a time have ended, except one if it is named. The row of an
   * organization has its id as `workosUserId`, and is for all users.
   */
  sessionCutoffs: defineTable({
    workosUserId: v.string(),
    before: v.number(),
    except: v.optional(v.string()),
  })
    .index("by_user", ["workosUserId"])
    .index("by_before", ["before"]),

  /** The newest change of each membership in the organization of this deployment, to order WorkOS's events. */
  organizationMemberships: defineTable({
    membershipId: v.string(),
    updatedAt: v.number(),
    deleted: v.boolean(),
    receivedAt: v.number(),
  })
    .index("by_membership", ["membershipId"])
    .index("by_received", ["receivedAt"]),
};

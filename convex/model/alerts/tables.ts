/** Tables of alerts, with their indexes. */
import { defineTable } from "convex/server";
import { type Infer, v } from "convex/values";
import { addFieldsToValidator, literals } from "convex-helpers/validators";
import { ruleShape } from "./ruleShapes.ts";

const ofProject = { projectId: v.id("projects") };
const nullableString = v.union(v.string(), v.null());
const nullableNumber = v.union(v.number(), v.null());

export const CHANNEL_KINDS = ["webhook", "slack", "email"] as const;
export const channelKindShape = literals(...CHANNEL_KINDS);
export type ChannelKind = Infer<typeof channelKindShape>;

export const closeReasonShape = literals("recovered", "muted", "retired", "rule_removed", "archived");
export type CloseReason = Infer<typeof closeReasonShape>;

export const messageTypeShape = literals("incident.opened", "incident.closed", "digest", "test");
export type MessageType = Infer<typeof messageTypeShape>;

export const deliveryStatusShape = literals("waiting", "delivered", "failed");

const entry = v.object({ incidentId: v.id("incidents"), type: messageTypeShape });

export const alertTables = {
  alertRules: defineTable(addFieldsToValidator(ruleShape, { ...ofProject, createdAt: v.number() })).index(
    "by_project",
    ["projectId", "createdAt"],
  ),

  /** Where messages go. `userId` is the member whose email it is; `label` may be shown to every member. */
  alertChannels: defineTable({
    ...ofProject,
    kind: channelKindShape,
    address: v.string(),
    label: v.string(),
    secret: v.optional(v.string()),
    userId: v.optional(v.id("users")),
    createdAt: v.number(),
    disabledAt: v.optional(v.number()),
    disabledReason: v.optional(v.string()),
  })
    .index("by_project", ["projectId", "createdAt"])
    .index("by_user", ["userId", "projectId"]),

  /**
   * Incidents with a copy of their rule, which may be removed before they are reported. `calmSince` is the time
   * since which the window of an open incident does not breach the rule.
   */
  incidents: defineTable({
    ...ofProject,
    ruleId: v.id("alertRules"),
    rule: ruleShape,
    agent: v.string(),
    value: nullableNumber,
    since: v.number(),
    openedAt: v.number(),
    closedAt: v.optional(v.number()),
    closeReason: v.optional(closeReasonShape),
    calmSince: v.optional(v.number()),
  })
    .index("by_project", ["projectId", "openedAt"])
    .index("by_closed", ["projectId", "closedAt", "openedAt"])
    .index("by_agent", ["projectId", "agent", "closedAt"])
    .index("by_rule", ["ruleId", "closedAt"])
    .index("by_age", ["closedAt"]),

  /**
   * Messages, one for each incident, event and channel. A row is the queue entry and the record at once: it is
   * due at `nextAttemptAt`, which is absent while it waits for the message `after`, and when it is done. While
   * a sender has it, `nextAttemptAt` is when the sender counts as lost.
   */
  alertDeliveries: defineTable({
    ...ofProject,
    channelId: v.id("alertChannels"),
    channelKind: channelKindShape,
    incidentId: v.union(v.id("incidents"), v.null()),
    type: messageTypeShape,
    status: deliveryStatusShape,
    /** Attempts whose outcome is known. */
    attempts: v.number(),
    createdAt: v.number(),
    firstAttemptAt: v.optional(v.number()),
    lastAttemptAt: v.optional(v.number()),
    nextAttemptAt: v.optional(v.number()),
    outcome: v.optional(nullableString),
    /** The sender that has it, and how many senders have had it. */
    senderId: v.optional(v.id("alertSenders")),
    claim: v.number(),
    after: v.optional(v.id("alertDeliveries")),
    /** What a digest contains: the counts, and the newest events. */
    digest: v.optional(v.object({ opened: v.number(), closed: v.number(), entries: v.array(entry) })),
  })
    .index("by_project", ["projectId", "createdAt"])
    .index("by_project_status", ["projectId", "status"])
    .index("by_channel", ["channelId", "status", "firstAttemptAt"])
    .index("by_incident", ["incidentId", "channelId"])
    .index("by_due", ["nextAttemptAt"])
    .index("by_sender", ["senderId"])
    .index("by_age", ["createdAt"]),

  /** Senders at work: each is an action that sends some messages at once. */
  alertSenders: defineTable({ startedAt: v.number() }),

  /** When an agent is evaluated next even if it reports nothing. */
  alertDues: defineTable({ ...ofProject, agent: v.string(), dueAt: v.number() })
    .index("by_agent", ["projectId", "agent"])
    .index("by_due", ["dueAt"]),

  /** Agents that have to be evaluated now; at `dueAt` the evaluation counts as lost and is started again. */
  alertQueue: defineTable({ ...ofProject, agents: v.array(v.string()), dueAt: v.number() })
    .index("by_project", ["projectId"])
    .index("by_due", ["dueAt"]),

  /** When alerts were last evaluated. One row. */
  alertClock: defineTable({ evaluatedAt: v.number() }),

  /** Times in which alerts were not evaluated. */
  outages: defineTable({ from: v.number(), to: v.number() }).index("by_end", ["to"]),
};

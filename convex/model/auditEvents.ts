/** All events that the audit log records. */
import { type Infer, v } from "convex/values";

export const auditEvent = v.union(
  v.literal("login"),
  v.literal("logout"),
  v.literal("password_change"),
  v.literal("session_revoked"),
  v.literal("role_changed"),
  v.literal("project_archived"),
  v.literal("project_restored"),
  v.literal("project_deleted"),
  v.literal("key_created"),
  v.literal("key_revoked"),
  v.literal("agent_muted"),
  v.literal("agent_unmuted"),
  v.literal("agent_retired"),
  v.literal("agent_interval_changed"),
);

export type AuditEvent = Infer<typeof auditEvent>;

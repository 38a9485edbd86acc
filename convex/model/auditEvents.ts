/** All events that the audit log records. */
import { type Infer, v } from "convex/values";

export const auditEvent = v.union(
  v.literal("login"),
  v.literal("logout"),
  v.literal("password_change"),
  v.literal("session_revoked"),
  v.literal("sessions_ended"),
  v.literal("role_changed"),
  v.literal("user_suspended"),
  v.literal("user_restored"),
  // agents:start
  v.literal("project_created"),
  v.literal("project_renamed"),
  v.literal("project_archived"),
  v.literal("project_restored"),
  v.literal("project_deleted"),
  v.literal("project_viewed"),
  v.literal("member_added"),
  v.literal("member_removed"),
  v.literal("member_invited"),
  v.literal("invitation_withdrawn"),
  v.literal("key_created"),
  v.literal("key_revoked"),
  v.literal("alert_rule_created"),
  v.literal("alert_rule_removed"),
  v.literal("alert_channel_created"),
  v.literal("alert_channel_removed"),
  v.literal("agent_muted"),
  v.literal("agent_unmuted"),
  v.literal("agent_retired"),
  v.literal("agent_interval_changed"),
  // agents:end
);

export type AuditEvent = Infer<typeof auditEvent>;

/** All events that the audit log records. */
import { type Infer, v } from "convex/values";

export const auditEvent = v.union(
  v.literal("login"),
  v.literal("logout"),
  v.literal("password_change"),
  v.literal("session_revoked"),
  v.literal("role_changed"),
  v.literal("project_deleted"),
  v.literal("key_created"),
  v.literal("key_revoked"),
);

export type AuditEvent = Infer<typeof auditEvent>;

/** Labels of the audit log's events. */
import type { api } from "../../convex/_generated/api.js";

export type AuditEntry = (typeof api.auditLogs.mine._returnType)["page"][number];
export type AuditEvent = AuditEntry["event"];

/** Lists every event, so that a new one does not compile until it has a label. */
export const EVENT_WORDS: Readonly<Record<AuditEvent, string>> = {
  login: "Signed in",
  logout: "Signed out",
  password_change: "Password changed",
  session_revoked: "Session revoked",
  sessions_ended: "Sessions ended",
  role_changed: "Role changed",
  user_suspended: "User suspended",
  user_restored: "User restored",
  // agents:start
  project_created: "Project created",
  project_renamed: "Project renamed",
  project_archived: "Project archived",
  project_restored: "Project restored",
  project_deleted: "Project deleted",
  project_viewed: "Project viewed",
  member_added: "Member added",
  member_removed: "Member removed",
  member_invited: "Member invited",
  invitation_withdrawn: "Invitation withdrawn",
  key_created: "Key created",
  key_revoked: "Key revoked",
  alert_rule_created: "Alert rule created",
  alert_rule_removed: "Alert rule removed",
  alert_channel_created: "Alert channel created",
  alert_channel_removed: "Alert channel removed",
  agent_muted: "Agent muted",
  agent_unmuted: "Agent unmuted",
  agent_retired: "Agent retired",
  agent_interval_changed: "Agent interval changed",
  // agents:end
};

export const AUDIT_EVENTS = Object.keys(EVENT_WORDS) as AuditEvent[];

export function isAuditEvent(value: string): value is AuditEvent {
  return Object.hasOwn(EVENT_WORDS, value);
}

/** Events whose target is a session id, which means nothing to a user. */
const SESSION_EVENTS: ReadonlySet<AuditEvent> = new Set(["login", "logout", "session_revoked"]);
/** Target of a sign-in by an impersonator, before entries had a field for it. */
const IMPERSONATED = /^impersonated (by .*)/;

/** Returns the detail of an entry, such as a role, a name and the impersonator; null if there is none to show. */
export function detailOf(entry: Pick<AuditEntry, "event" | "target" | "impersonator">): string | null {
  const { impersonator } = entry;
  const parts = [targetOf(entry), impersonator === undefined ? null : `by ${impersonator}`];
  return parts.filter((part) => part !== null).join(" ") || null;
}

function targetOf({ event, target }: Pick<AuditEntry, "event" | "target">): string | null {
  if (target === undefined) return null;
  if (SESSION_EVENTS.has(event)) return IMPERSONATED.exec(target)?.[1] ?? null;
  if (event === "sessions_ended") return `(${target})`;
  return event === "role_changed" ? `now ${target}` : `“${target}”`;
}

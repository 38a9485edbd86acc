/** The events of the audit log, in words. */
import type { api } from "../../convex/_generated/api.js";

export type AuditEntry = (typeof api.auditLogs.mine._returnType)["page"][number];
export type AuditEvent = AuditEntry["event"];

/** Named one by one, so that a new event does not compile until it has words. */
export const EVENT_WORDS: Readonly<Record<AuditEvent, string>> = {
  login: "Signed in",
  logout: "Signed out",
  password_change: "Password changed",
  session_revoked: "Session revoked",
  role_changed: "Role changed",
  project_deleted: "Project deleted",
  key_created: "Key created",
  key_revoked: "Key revoked",
};

export const AUDIT_EVENTS = Object.keys(EVENT_WORDS) as AuditEvent[];

export function isAuditEvent(value: string): value is AuditEvent {
  return Object.hasOwn(EVENT_WORDS, value);
}

/** A session's id says nothing to people. */
const SESSION_EVENTS: ReadonlySet<AuditEvent> = new Set(["login", "logout", "session_revoked"]);
const IMPERSONATED = /^impersonated by /;

/** @returns What an entry is about beside the person, in words: a role, a name; null where there is nothing to say. */
export function detailOf({ event, target }: Pick<AuditEntry, "event" | "target">): string | null {
  if (target === undefined) return null;
  if (SESSION_EVENTS.has(event)) return IMPERSONATED.test(target) ? target : null;
  return event === "role_changed" ? `now ${target}` : `“${target}”`;
}

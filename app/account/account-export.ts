/** Export of a user's stored data, without data of other users. */
import type { api } from "../../convex/_generated/api.js";
import type { AuditEntry } from "../activity/audit-events.ts";

export type StoredAccount = typeof api.pages.accountExport._returnType;

const iso = (time: number) => new Date(time).toISOString();

/** Matches the e-mails in an entry's target, such as the one of an impersonator. */
const E_MAIL = /[^\s@"“]+@[^\s@"”]+/g;

/**
 * Returns the content of the export file. Times are ISO 8601 in UTC.
 *
 * @param account - The user's data in Convex.
 * @param activity - The user's audit log entries.
 * @param now - The time of the request, Unix ms.
 */
export function accountExport(account: StoredAccount, activity: readonly AuditEntry[], now: number) {
  const { viewer, sessions } = account;
  const { preferences = null, ...profile } = viewer ?? {};
  const own = viewer?.email;
  const withoutOthers = (text: string) =>
    text.replaceAll(E_MAIL, (email) => (email === own ? email : "(somebody else)"));
  return {
    exportedAt: iso(now),
    profile: {
      ...profile,
      ...("createdAt" in profile && {
        createdAt: iso(profile.createdAt),
        updatedAt: iso(profile.updatedAt),
      }),
    },
    preferences,
    projects: account.projects.map((project) => ({ ...project, createdAt: iso(project.createdAt) })), // agents:line
    sessions: sessions.map((session) => ({
      ...session,
      startedAt: iso(session.startedAt),
      lastSeenAt: iso(session.lastSeenAt),
    })),
    activity: activity.map(({ target, impersonator, ...entry }) => ({
      ...entry,
      timestamp: iso(entry.timestamp),
      ...(impersonator !== undefined && { impersonator: withoutOthers(impersonator) }),
      ...(target !== undefined && { target: withoutOthers(target) }),
    })),
  };
}

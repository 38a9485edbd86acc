/** All that is stored about a person, as a file of their own: nothing of anybody else's. */
import type { api } from "../../convex/_generated/api.js";
import type { AuditEntry } from "../activity/audit-events.ts";

export type StoredAccount = typeof api.pages.accountExport._returnType;

const iso = (time: number) => new Date(time).toISOString();

/** What an entry is about may name whoever acted as the person. */
const E_MAIL = /[^\s@"“]+@[^\s@"”]+/g;

/**
 * @param account What Convex has of the person. @param activity Their part of the audit log.
 * @param now When it was asked for, Unix milliseconds.
 * @returns The file's content. Times are ISO 8601 in UTC.
 */
export function accountExport(
  { viewer, projects, sessions }: StoredAccount,
  activity: readonly AuditEntry[],
  now: number,
) {
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
    projects: projects.map((project) => ({ ...project, createdAt: iso(project.createdAt) })),
    sessions: sessions.map((session) => ({
      ...session,
      startedAt: iso(session.startedAt),
      lastSeenAt: iso(session.lastSeenAt),
    })),
    activity: activity.map(({ target, ...entry }) => ({
      ...entry,
      timestamp: iso(entry.timestamp),
      ...(target !== undefined && { target: withoutOthers(target) }),
    })),
  };
}

/** Parses the audit log's URL, which is untrusted input. */
import { type AuditEvent, isAuditEvent } from "./audit-events.ts";

export type AuditFilter = { userId?: string; event?: AuditEvent };

const given = (url: URL, name: string) => url.searchParams.get(name)?.trim() || null;

/** Returns the filter in the URL; null if it names an unknown event. */
export function auditFilter(url: URL): AuditFilter | null {
  const userId = given(url, "userId");
  const event = given(url, "event");
  if (event !== null && !isAuditEvent(event)) return null;
  return { ...(userId !== null && { userId }), ...(event !== null && { event }) };
}

/** Returns the pagination cursor in the URL; an empty object for the first page. */
export function cursorArgs({ url }: { url: URL }): { cursor?: string } {
  const cursor = given(url, "cursor");
  return cursor === null ? {} : { cursor };
}

/**
 * Returns the arguments of `pages.adminAudit`, even for an invalid filter, so that permissions are checked
 * first.
 */
export function auditArgs({ url }: { url: URL }): AuditFilter & { cursor?: string } {
  return { ...auditFilter(url), ...cursorArgs({ url }) };
}

/** What an address asks of the audit log. Anything may stand in it. */
import { type AuditEvent, isAuditEvent } from "./audit-events.ts";

export type AuditFilter = { userId?: string; event?: AuditEvent };

const given = (url: URL, name: string) => url.searchParams.get(name)?.trim() || null;

/** @returns The filters; null where the address names an event that there is none of. */
export function auditFilter(url: URL): AuditFilter | null {
  const userId = given(url, "userId");
  const event = given(url, "event");
  if (event !== null && !isAuditEvent(event)) return null;
  return { ...(userId !== null && { userId }), ...(event !== null && { event }) };
}

/** @returns The page of a list that the address names; nothing for the first. */
export function cursorArgs({ url }: { url: URL }): { cursor?: string } {
  const cursor = given(url, "cursor");
  return cursor === null ? {} : { cursor };
}

/** @returns The arguments of `pages.adminAudit`: whoever may not see it is told so before what the address lacks. */
export function auditArgs({ url }: { url: URL }): AuditFilter & { cursor?: string } {
  return { ...auditFilter(url), ...cursorArgs({ url }) };
}

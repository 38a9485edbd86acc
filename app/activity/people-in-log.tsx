/** The users in an audit log entry: whose account it is about, and who did it. */
import { href, Link } from "react-router";
import type { api } from "../../convex/_generated/api.js";
import type { AuditEntry } from "./audit-events.ts";
import type { AuditFilter } from "./audit-query.ts";

export type LoggedPerson = (typeof api.pages.adminAudit._returnType)["people"][number];

/** Returns a user's name, or the e-mail if there is no name. A deleted user has neither. */
export function personName({ firstName, lastName, email }: LoggedPerson): string {
  return [firstName, lastName].filter(Boolean).join(" ") || email || "A deleted person";
}

export function PeopleOfEntry({
  entry,
  people,
  filter,
}: {
  entry: AuditEntry;
  people: ReadonlyMap<string, LoggedPerson>;
  filter: AuditFilter;
}) {
  const about = people.get(entry.userId);
  const actor = entry.actorId === undefined || entry.actorId === entry.userId ? null : entry.actorId;
  const by = actor === null ? null : people.get(actor);
  const query = new URLSearchParams({ ...filter, userId: entry.userId });
  return (
    <>
      <Link
        to={`${href("/admin/audit")}?${query}`}
        preventScrollReset
        title={about?.email || undefined}
        className="inline-flex items-center max-wide:min-h-11"
      >
        {about ? personName(about) : "Somebody"}
      </Link>
      {actor === null ? null : (
        <span className="text-quiet">{` by ${by ? personName(by) : "somebody"}`}</span>
      )}
    </>
  );
}

/** Filter of the audit log by event and user, stored in the URL. */
import { useId } from "react";
import { Form, href, Link } from "react-router";
import { Button } from "../ui/button.tsx";
import { AUDIT_EVENTS, EVENT_WORDS } from "./audit-events.ts";
import type { AuditFilter as Filter } from "./audit-query.ts";

/**
 * Renders the filter form.
 *
 * @param filter - The current filter.
 * @param person - The name of the user in the filter; null if there is none or it is unknown.
 */
export function AuditFilter({ filter, person }: { filter: Filter; person: string | null }) {
  const { userId, event } = filter;
  const id = useId();
  const withoutPerson =
    href("/admin/audit") + (event === undefined ? "" : `?${new URLSearchParams({ event })}`);
  return (
    <Form method="get" action={href("/admin/audit")} className="flex flex-wrap items-end gap-x-4 gap-y-2">
      {userId === undefined ? null : <input type="hidden" name="userId" value={userId} />}
      <div className="flex flex-col gap-1">
        <label htmlFor={id} className="font-strong">
          Event
        </label>
        <select key={event} id={id} name="event" defaultValue={event ?? ""} className="input">
          <option value="">All events</option>
          {AUDIT_EVENTS.map((name) => (
            <option key={name} value={name}>
              {EVENT_WORDS[name]}
            </option>
          ))}
        </select>
      </div>
      <Button>Filter</Button>
      {userId === undefined ? null : (
        <p className="flex min-h-11 flex-wrap items-center gap-x-3">
          <span>
            About <span className="font-strong">{person ?? "one person"}</span>
          </span>
          <Link to={withoutPerson} preventScrollReset className="inline-flex min-h-11 items-center">
            Show everyone
          </Link>
        </p>
      )}
    </Form>
  );
}

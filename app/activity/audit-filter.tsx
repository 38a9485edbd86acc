/** Filter of the audit log by event and user, stored in the URL. */
import { Form, href, Link } from "react-router";
import { Button } from "../ui/button.tsx";
import { type Options, SelectField } from "../ui/select-field.tsx";
import { AUDIT_EVENTS, EVENT_WORDS } from "./audit-events.ts";
import type { AuditFilter as Filter } from "./audit-query.ts";

const EVENT_OPTIONS: Options = [
  ["", "All events"],
  ...AUDIT_EVENTS.map((name) => [name, EVENT_WORDS[name]] as const),
];

/**
 * Renders the filter form.
 *
 * @param filter - The current filter.
 * @param person - The name of the user in the filter; null if there is none or it is unknown.
 */
export function AuditFilter({ filter, person }: { filter: Filter; person: string | null }) {
  const { userId, event } = filter;
  const withoutPerson =
    href("/admin/audit") + (event === undefined ? "" : `?${new URLSearchParams({ event })}`);
  return (
    <Form method="get" action={href("/admin/audit")} className="flex flex-wrap items-end gap-x-4 gap-y-2">
      {userId === undefined ? null : <input type="hidden" name="userId" value={userId} />}
      <SelectField
        key={event}
        label="Event"
        name="event"
        options={EVENT_OPTIONS}
        defaultValue={event ?? ""}
      />
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

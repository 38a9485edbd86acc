/** Audit log of all users, for admins. */
import { useEffect } from "react";
import { data, href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { AuditFilter } from "../activity/audit-filter.tsx";
import { auditArgs, auditFilter, cursorArgs } from "../activity/audit-query.ts";
import { EventList } from "../activity/event-list.tsx";
import { PeopleOfEntry, personName } from "../activity/people-in-log.tsx";
import { definePage } from "../data/define-page.server.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { useRevalidate } from "../react-router/use-revalidate.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { ButtonLink } from "../ui/button.tsx";
import { EmptyState } from "../ui/empty-state.tsx";
import { Page } from "../ui/page.tsx";
import { PageLinks } from "../ui/page-links.tsx";
import type { Route } from "./+types/admin.audit";

export const handle = { access: "admin" } satisfies RoutePolicy;

const page = definePage(api.pages.adminAudit, auditArgs);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Audit log · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  const { data: log } = await page.requireAdmin(args);
  const filter = auditFilter(args.url);
  if (filter === null) throw data(null, { status: 404 });
  return { entries: log.entries, people: log.people, filter, older: "cursor" in cursorArgs(args) };
}

export default function AuditLog({ loaderData }: Route.ComponentProps) {
  const { filter, older } = loaderData;
  const { value, error } = useLiveQuery(api.pages.adminAudit, older ? "skip" : filter, null);
  useRevalidateOnRejection(error);
  const { entries, people } = value ?? loaderData;
  const byId = new Map(people.map((person) => [person._id as string, person]));
  const about = filter.userId === undefined ? undefined : byId.get(filter.userId);
  const query = new URLSearchParams(filter);
  return (
    <Page
      title="Audit log"
      intro={[
        "Sign-ins, ended access, and changes of roles.",
        "Also changes of projects, their members, keys and alerts.", // agents:line
      ].join(" ")}
      actions={
        <ButtonLink to={href("/admin/audit.csv") + (query.size > 0 ? `?${query}` : "")} isDocument>
          Download CSV
        </ButtonLink>
      }
    >
      <AuditFilter filter={filter} person={about ? personName(about) : null} />
      {entries.page.length === 0 ? (
        <EmptyState title="No entries">
          <p>Nothing of this kind has happened yet.</p>
        </EmptyState>
      ) : (
        <EventList
          entries={entries.page}
          who={(entry) => <PeopleOfEntry entry={entry} people={byId} filter={filter} />}
        />
      )}
      <PageLinks filters={filter} older={older} next={entries.isDone ? null : entries.continueCursor} />
    </Page>
  );
}

/** Revalidates if the live query is rejected, so that the server shows a former admin the 403 page. */
function useRevalidateOnRejection(error: unknown): void {
  const revalidate = useRevalidate();
  const rejected = error !== null;
  useEffect(() => {
    if (rejected) void revalidate();
  }, [rejected, revalidate]);
}

/** The user's own audit log. */
import { api } from "../../convex/_generated/api.js";
import { cursorArgs } from "../activity/audit-query.ts";
import { EventList } from "../activity/event-list.tsx";
import { definePage } from "../data/define-page.server.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { EmptyState } from "../ui/empty-state.tsx";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import { PageLinks } from "../ui/page-links.tsx";
import type { Route } from "./+types/settings.activity";

export const handle = { access: "user" } satisfies RoutePolicy;

const page = definePage(api.pages.activity, cursorArgs);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Activity · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  const { data } = await page.require(args);
  return { entries: data?.entries ?? null, older: "cursor" in cursorArgs(args) };
}

const FIRST_PAGE = { paginationOpts: { numItems: 20, cursor: null } };

export default function Activity({ loaderData: { entries, older } }: Route.ComponentProps) {
  const { value } = useLiveQuery(api.auditLogs.mine, older ? "skip" : FIRST_PAGE, entries);
  return (
    <Page
      title="Activity"
      narrow
      intro="Every time you signed in or out, and every change that touches your access. Nothing here can be edited."
    >
      {value === null ? (
        <Notice kind="alert">
          Live data is unavailable. Your activity shows here as soon as it is back.
        </Notice>
      ) : value.page.length === 0 ? (
        <EmptyState title="Nothing yet">
          <p>Your next sign-in is the first entry here.</p>
        </EmptyState>
      ) : (
        <>
          <EventList entries={value.page} />
          <PageLinks older={older} next={value.isDone ? null : value.continueCursor} />
        </>
      )}
    </Page>
  );
}

/** The latest entries of the user's audit log, live: an example of a page to start from. */
import { href, Link } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { EventList } from "../activity/event-list.tsx";
import { definePage } from "../data/define-page.server.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import type { Route } from "./+types/dashboard";

export const handle = { access: "user" } satisfies RoutePolicy;

const page = definePage(api.pages.activity);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Dashboard · Mosaic" }];

const SHOWN = 5;
const NEWEST = { paginationOpts: { numItems: SHOWN, cursor: null } };

export async function loader(args: Route.LoaderArgs) {
  const { data } = await page.require(args);
  return { entries: data && { page: data.entries.page.slice(0, SHOWN) } };
}

export default function Dashboard({ loaderData: { entries } }: Route.ComponentProps) {
  const { value } = useLiveQuery(api.auditLogs.mine, NEWEST, entries);
  return (
    <Page title="Dashboard" narrow intro="What happened to your account lately. This list is live.">
      {value === null ? (
        <Notice kind="alert">Live data is unavailable. The list shows here as soon as it is back.</Notice>
      ) : (
        <EventList entries={value.page} />
      )}
      <p>
        <Link to={href("/settings/activity")} className="inline-flex min-h-11 items-center">
          All activity
        </Link>
      </p>
    </Page>
  );
}

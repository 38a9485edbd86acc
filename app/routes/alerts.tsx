/** Incidents of all projects of the user. */
import { useId } from "react";
import { api } from "../../convex/_generated/api.js";
import { IncidentList } from "../alerts/incident-list.tsx";
import { OutageNotice } from "../alerts/outage-notice.tsx";
import { definePage } from "../data/define-page.server.ts";
import { useDisplaySettings } from "../data/use-display-settings.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { projectPath } from "../projects/project-address.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import type { Route } from "./+types/alerts";

export const handle = { access: "user" } satisfies RoutePolicy;

const page = definePage(api.pages.alerts);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Alerts · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  const { data } = await page.require(args);
  return { incidents: data?.incidents ?? null, outages: data?.outages ?? [] };
}

export default function Alerts({ loaderData: { incidents, outages: loaded } }: Route.ComponentProps) {
  const display = useDisplaySettings();
  const { value } = useLiveQuery(api.incidents.mine, {}, incidents);
  const { value: outages } = useLiveQuery(api.incidents.outages, {}, loaded);
  return (
    <Page title="Alerts" intro="The incidents of all your projects. Rules are on the page of each project.">
      <OutageNotice outages={outages} display={display} />
      {value === null ? (
        <Notice kind="alert">Live data is unavailable. The incidents show here as soon as it is back.</Notice>
      ) : (
        <>
          <Incidents title="Open incidents" empty="No open incidents" incidents={value.open} />
          <Incidents title="Recent incidents" empty="No incident has closed yet" incidents={value.recent} />
        </>
      )}
    </Page>
  );
}

type Listed = NonNullable<Route.ComponentProps["loaderData"]["incidents"]>["open"];

function Incidents({ title, empty, incidents }: { title: string; empty: string; incidents: Listed }) {
  const id = useId();
  const display = useDisplaySettings();
  const shown = incidents.map(({ projectId, projectName, ...incident }) => ({
    ...incident,
    project: { to: projectPath(projectId), name: projectName },
  }));
  return (
    <Card>
      <h2 id={id}>{title}</h2>
      {shown.length === 0 ? (
        <p className="text-quiet">{empty}</p>
      ) : (
        <IncidentList incidents={shown} labelledBy={id} display={display} />
      )}
    </Card>
  );
}

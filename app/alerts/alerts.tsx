/** Section `Alerts` of a project's page: rules, channels, incidents and deliveries, each live. */
import type { FunctionReturnType } from "convex/server";
import { useId, useState } from "react";
import { api } from "../../convex/_generated/api.js";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { useLiveQuery } from "../data/use-live-query.ts";
import { Card } from "../ui/card.tsx";
import { IncidentMark } from "../ui/incident-mark.tsx";
import type { CreatedChannel } from "./alert-forms.ts";
import { Channels } from "./channels.tsx";
import { DeliveryList } from "./delivery-list.tsx";
import { IncidentList } from "./incident-list.tsx";
import { Rules } from "./rules.tsx";

type LoadedAlerts = FunctionReturnType<typeof api.pages.project>["alerts"];

const FIRST_PAGE = { numItems: 20, cursor: null };

/**
 * Renders the section.
 *
 * @param agents - Names of the known agents.
 * @param loaded - The loader's data; null if Convex did not answer.
 * @param manages - Whether the user may change rules and channels.
 * @param revealed - The channel that the last form created, if it was sent over HTTP.
 */
export function Alerts({
  projectId,
  agents,
  loaded,
  manages,
  revealed,
  display,
}: {
  projectId: string;
  agents: readonly string[];
  loaded: LoadedAlerts | null;
  manages: boolean;
  revealed: CreatedChannel | null;
  display: DisplaySettings;
}) {
  const ids = { incidents: useId(), deliveries: useId() };
  const [created, setCreated] = useState<CreatedChannel | null>(null);
  const { value: rules } = useLiveQuery(api.alertRules.list, { projectId }, loaded?.rules ?? null);
  const { value: channels } = useLiveQuery(api.alertChannels.list, { projectId }, loaded?.channels ?? null);
  const { value: incidents } = useLiveQuery(api.incidents.newest, { projectId }, loaded?.incidents ?? null);
  const { value: sent } = useLiveQuery(
    api.alertDeliveries.list,
    { projectId, paginationOpts: FIRST_PAGE },
    loaded && { page: loaded.deliveries },
  );
  if (rules === null || channels === null) return null;
  const open = incidents?.filter(({ closedAt }) => closedAt === null).length ?? 0;
  const labels = new Map(channels.map(({ _id, label }) => [String(_id), label]));
  return (
    <Card title="Alerts" intro="Mosaic tells you when an agent needs attention, and when it no longer does.">
      <div className="grid items-start gap-6 wide:grid-cols-2">
        <Rules projectId={projectId} rules={rules} agents={agents} manages={manages} />
        <Channels
          projectId={projectId}
          channels={channels}
          manages={manages}
          created={created ?? revealed}
          onCreated={setCreated}
        />
        <div className="min-w-0">
          <div className="flex flex-wrap items-baseline justify-between gap-x-4">
            <h3 id={ids.incidents}>Incidents</h3>
            <IncidentMark count={open} />
          </div>
          {incidents?.length ? (
            <IncidentList incidents={incidents} labelledBy={ids.incidents} display={display} />
          ) : (
            <p className="mt-3 text-quiet">No incidents yet</p>
          )}
        </div>
        <div className="min-w-0">
          <h3 id={ids.deliveries}>Deliveries</h3>
          {sent?.page.length ? (
            <DeliveryList
              deliveries={sent.page}
              labels={labels}
              labelledBy={ids.deliveries}
              display={display}
            />
          ) : (
            <p className="mt-3 text-quiet">No messages yet</p>
          )}
        </div>
      </div>
    </Card>
  );
}

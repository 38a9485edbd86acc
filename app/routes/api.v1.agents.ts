/** The agents of a project, for an API key that may read. Ignores cookies. */

import { readAgents } from "../ingest/read-agents.server.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import type { Route } from "./+types/api.v1.agents";

export const handle = { crossOrigin: true, rejections: "json" } satisfies RoutePolicy;

export async function loader({ request, context }: Route.LoaderArgs) {
  return await readAgents(request, context.get(requestContext));
}

/** OpenAPI description of the ingestion API. */

import { openApi } from "../ingest/openapi.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import type { Route } from "./+types/api.v1.openapi";

export const handle = { crossOrigin: true, rejections: "json" } satisfies RoutePolicy;

export function loader({ context }: Route.LoaderArgs) {
  const { env } = context.get(requestContext);
  return Response.json(openApi(env.appUrl), { headers: { "Cache-Control": "public, max-age=3600" } });
}

/** Endpoint with which an agent reports its state. Authenticates with an API key and ignores cookies. */

import { readStatus } from "../ingest/batch.server.ts";
import { ingest } from "../ingest/ingest.server.ts";
import { jsonAnswer } from "../ingest/json-answer.ts";
import { agentOf } from "../projects/project-address.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { forgetRest } from "../request/unread-body.ts";
import type { Route } from "./+types/api.v1.agents.status";

export const handle = { crossOrigin: true, maxBodyBytes: "route", rejections: "json" } satisfies RoutePolicy;

export async function action({ request, context }: Route.ActionArgs) {
  const known = context.get(requestContext);
  const outcome = await ingest(request, known, readStatus(agentOf(known.url.pathname)));
  await forgetRest(request);
  if (outcome.kind === "accepted") return jsonAnswer(outcome);
  // Convex names an item of a list, but here the item is the whole body.
  const issues = outcome.issues?.map(({ message }) => ({ list: null, index: null, message }));
  return jsonAnswer({ ...outcome, ...(issues && { issues }) });
}

/** OTLP endpoints of an OpenTelemetry SDK or Collector: metrics, traces and logs. */
import type { ActionFunctionArgs } from "react-router";
import type { Signal } from "../ingest/otlp/answer.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { forgetRest } from "../request/unread-body.ts";

export const handle = { crossOrigin: true, maxBodyBytes: "route", rejections: "otlp" } satisfies RoutePolicy;

export async function action({ request, context }: ActionFunctionArgs) {
  const known = context.get(requestContext);
  const signal = known.route.pattern.split("/").at(-1) as Signal;
  // Only this route needs the reader of OTLP.
  const { receive } = await import("../ingest/otlp/receive.server.ts");
  const answer = await receive(request, known, signal);
  await forgetRest(request);
  return answer;
}

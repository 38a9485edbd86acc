/** Health check of the worker, with its version and time. */
import { evaluationHealth } from "../alerts/evaluation-health.server.ts";
import { requestContext } from "../request/context.ts";
import type { Route } from "./+types/healthz";

export async function loader(args: Route.LoaderArgs) {
  const call = args.context.get(requestContext);
  const { version, now } = call;
  if (call.url.searchParams.has("deep")) return await evaluationHealth(args.request, call); // agents:line
  // Tabs synchronize their clocks with it (app/data/clock.ts). Only Cloudflare adds it by itself.
  const headers = { Date: new Date(now).toUTCString() };
  return Response.json({ status: "ok", version }, { headers });
}

/**
 * Health check of the worker alone, with its version and time. With `?deep`, an outside monitor learns whether
 * alerts are evaluated.
 */
import { evaluationHealth } from "../alerts/evaluation-health.server.ts";
import { requestContext } from "../request/context.ts";
import type { Route } from "./+types/healthz";

export async function loader({ context, request }: Route.LoaderArgs) {
  const call = context.get(requestContext);
  const { version, now, url } = call;
  if (url.searchParams.has("deep")) return await evaluationHealth(request, call);
  // Tabs synchronize their clocks with it (app/data/clock.ts). Only Cloudflare adds it by itself.
  const headers = { Date: new Date(now).toUTCString() };
  return Response.json({ status: "ok", version }, { headers });
}

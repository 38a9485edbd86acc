/** Health check of the worker alone, with its version and time. */
import { requestContext } from "../request/context.ts";
import type { Route } from "./+types/healthz";

export function loader({ context }: Route.LoaderArgs) {
  const { version, now } = context.get(requestContext);
  // Tabs synchronize their clocks with it (app/data/clock.ts). Only Cloudflare adds it by itself.
  const headers = { Date: new Date(now).toUTCString() };
  return Response.json({ status: "ok", version }, { headers });
}

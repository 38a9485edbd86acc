/** Health check of the worker alone, with its version and time. */
import { requestContext } from "../context.ts";
import type { Route } from "./+types/healthz";

export function loader({ context }: Route.LoaderArgs) {
  const { version, now } = context.get(requestContext);
  // Tabs synchronize their clocks with it (app/live/clock.ts). Cloudflare adds the header, but local workerd does not.
  const headers = { Date: new Date(now).toUTCString() };
  return Response.json({ status: "ok", version }, { headers });
}

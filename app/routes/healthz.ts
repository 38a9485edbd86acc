/** Whether the worker itself answers, and its time; it asks nobody else. */
import { requestContext } from "../context.ts";
import type { Route } from "./+types/healthz";

export function loader({ context }: Route.LoaderArgs) {
  const { version, now } = context.get(requestContext);
  // Tabs set their clocks by it (app/live/clock.ts). Cloudflare adds one, the runtime by itself does not.
  const headers = { Date: new Date(now).toUTCString() };
  return Response.json({ status: "ok", version }, { headers });
}

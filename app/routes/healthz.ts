/** Whether the worker itself answers; it asks nobody else. */
import { requestContext } from "../context.ts";
import type { Route } from "./+types/healthz";

export function loader({ context }: Route.LoaderArgs) {
  const { version } = context.get(requestContext);
  return Response.json({ status: "ok", version });
}

/** JSON 404 for unknown paths under `/api/v1/`, also for calls from other sites. */
import type { RoutePolicy } from "../request/route-policy.ts";

export const handle = { crossOrigin: true, rejections: "json" } satisfies RoutePolicy;

const notFound = () =>
  Response.json(
    {
      error: "not_found",
      message:
        "Use a path of /api/v1/openapi.json, with the name of an agent percent-encoded, or send OpenTelemetry to /api/v1/otlp/v1/metrics.",
    },
    { status: 404 },
  );

export const loader = notFound;
export const action = notFound;

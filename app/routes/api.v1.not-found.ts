/** JSON 404 for unknown paths under `/api/v1/`, also for calls from other sites. */
import type { RoutePolicy } from "../request/route-policy.ts";

export { action, loader } from "./api.not-found.ts";
export const handle = { crossOrigin: true, rejections: "json" } satisfies RoutePolicy;

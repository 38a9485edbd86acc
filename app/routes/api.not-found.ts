/** JSON 404 for unknown paths under `/api/`. */
import type { RoutePolicy } from "../request/route-policy.ts";

export const handle = { rejections: "json" } satisfies RoutePolicy;

const notFound = () => Response.json({ error: "not_found" }, { status: 404 });

export const loader = notFound;
export const action = notFound;

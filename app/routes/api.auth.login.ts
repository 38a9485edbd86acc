/** Starts a sign-in. Also the Sign-in URL configured at WorkOS. */
import { startSignIn } from "../auth/start-sign-in.server.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import type { Route } from "./+types/api.auth.login";

export const handle = {
  actsOnGet: true,
  rateLimit: { limit: "signIns", by: "network" },
  rejections: "json",
} satisfies RoutePolicy;

export async function loader({ context, url }: Route.LoaderArgs) {
  return startSignIn(context.get(requestContext), url.searchParams);
}

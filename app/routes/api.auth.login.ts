/** Starts a sign-in. Also the initiate-login URL configured at WorkOS. */
import { startSignIn } from "../auth/start-sign-in.server.ts";
import { requestContext } from "../request/context.ts";
import type { Route } from "./+types/api.auth.login";

export async function loader({ context, url }: Route.LoaderArgs) {
  return startSignIn(context.get(requestContext), url.searchParams);
}

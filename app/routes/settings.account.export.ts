/** JSON download of everything stored about the user. */
import { exportAccount } from "../account/export-account.server.ts";
import { requestContext } from "../request/context.ts";
import { ConvexCallError, RejectedError } from "../request/errors.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import type { Route } from "./+types/settings.account.export";

export const handle = { access: "user" } satisfies RoutePolicy;

export async function loader({ context }: Route.LoaderArgs) {
  try {
    const content = await exportAccount(context.get(requestContext));
    return new Response(`${JSON.stringify(content, null, 2)}\n`, {
      headers: {
        "Content-Type": "application/json; charset=utf-8",
        "Content-Disposition": 'attachment; filename="mosaic-account.json"',
      },
    });
  } catch (error) {
    if (!(error instanceof RejectedError || error instanceof ConvexCallError)) throw error;
    if (error instanceof RejectedError && error.code === "forbidden")
      return new Response(error.message, {
        status: 403,
        headers: { "Content-Type": "text/plain; charset=utf-8" },
      });
    return new Response("Your data cannot be read just now. Please try again in a moment.", {
      status: 503,
      headers: { "Content-Type": "text/plain; charset=utf-8" },
    });
  }
}

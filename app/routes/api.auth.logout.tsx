/** Signs out. A link from another site gets a confirmation page instead. */
import { href, redirect } from "react-router";
import { signOut } from "../auth/sign-out.server.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { Button } from "../ui/button.tsx";
import { Page } from "../ui/page.tsx";
import type { Route } from "./+types/api.auth.logout";

export const handle = { actsOnGet: true, rejections: "json" } satisfies RoutePolicy;

/** Runs as middleware, because the root loader would refresh the session that is ending. */
export const middleware: Route.MiddlewareFunction[] = [
  async ({ request, context }) => {
    const call = context.get(requestContext);
    const linkedElsewhere =
      request.method === "GET" && request.headers.get("Sec-Fetch-Site") === "cross-site";
    if (linkedElsewhere && (await call.auth.open()) !== null) return;
    return await signOut(call);
  },
];

export const meta: Route.MetaFunction = () => [{ title: "Sign out · Mosaic" }];

export const loader = () => null;
export const action = () => redirect(href("/"));

export default function ConfirmSignOut() {
  return (
    <Page title="Sign out of Mosaic?" narrow intro="Another site sent you here. You are still signed in.">
      <form method="post" action={href("/api/auth/logout")}>
        <Button look="primary">Sign out</Button>
      </form>
    </Page>
  );
}

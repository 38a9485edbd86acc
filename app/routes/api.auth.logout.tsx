/** Signs out. A link elsewhere can not: it gets a page with a button. */

import { signOut } from "../auth/sign-out.server.ts";
import { requestContext } from "../context.ts";
import { Button } from "../ui/button.tsx";
import { Page } from "../ui/page.tsx";
import type { Route } from "./+types/api.auth.logout";

export const meta: Route.MetaFunction = () => [{ title: "Sign out · Mosaic" }];

export async function loader({ request, context }: Route.LoaderArgs) {
  const { auth } = context.get(requestContext);
  const elsewhere = request.headers.get("Sec-Fetch-Site") === "cross-site";
  if (elsewhere && (await auth.open()) !== null) return null;
  return signOut(context.get(requestContext));
}

export async function action({ context }: Route.ActionArgs) {
  return signOut(context.get(requestContext));
}

export default function ConfirmSignOut() {
  return (
    <Page title="Sign out of Mosaic?" narrow intro="Another site sent you here. You are still signed in.">
      <form method="post" action="/api/auth/logout">
        <Button look="primary">Sign out</Button>
      </form>
    </Page>
  );
}

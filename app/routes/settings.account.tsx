/** Account page: identity, data export and account deletion. */
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { type Claims, Identity } from "../account/claims.tsx";
import { deleteAccount } from "../account/delete-account.server.ts";
import { DeleteAccount, WHAT_DELETING_DOES } from "../account/delete-account.tsx";
import { deleteMyAccount } from "../account/delete-account-form.ts";
import { currentPermissions } from "../auth/guards.server.ts";
import { definePage } from "../data/define-page.server.ts";
import { runForms, served } from "../data/forms.server.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import type { Route } from "./+types/settings.account";

export const handle = { access: "user" } satisfies RoutePolicy;

const page = definePage(api.pages.account);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Account · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  const { data: account, session } = await page.require(args);
  const claims: Claims = {
    role: session.role,
    permissions: await currentPermissions(args),
    organizationId: session.organizationId,
  };
  return { claims, missing: account === null, lastAdmin: account?.lastAdmin ?? false };
}

export { clientAction } from "../data/form-action.ts";

export async function action(args: Route.ActionArgs) {
  return runForms(args, [
    served(deleteMyAccount, async (call) => {
      await deleteAccount(call);
    }),
  ]);
}

export default function Account({ loaderData: { claims, missing, lastAdmin } }: Route.ComponentProps) {
  return (
    <Page title="Account" narrow>
      {missing ? (
        <Notice kind="alert">
          Live data is unavailable. Exporting and deleting have to wait until it is back.
        </Notice>
      ) : null}
      <Card title="Who you are">
        <Identity claims={claims} />
      </Card>
      <Card
        title="Your data"
        intro={[
          "Your profile, preferences, sessions and activity, in one file, without e-mails of other users.",
          "Your projects are in it too, without their API keys.", // agents:line
        ].join(" ")}
      >
        <p>
          <a href={href("/settings/account/export")} download className="button">
            Export my data
          </a>
        </p>
      </Card>
      <Card title="End" intro={WHAT_DELETING_DOES}>
        {lastAdmin ? (
          <p>You are the last admin, so make another user an admin before you delete your account.</p>
        ) : null}
        <DeleteAccount />
      </Card>
    </Page>
  );
}

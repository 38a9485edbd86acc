/** Account page: identity, data export and account deletion. */
import { href, redirect, useActionData } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { type Claims, Identity } from "../account/claims.tsx";
import { deleteAccount } from "../account/delete-account.server.ts";
import { DeleteAccountForm, WHAT_DELETING_DOES } from "../account/delete-account-form.tsx";
import { currentPermissions } from "../auth/guards.server.ts";
import { definePage } from "../data/define-page.server.ts";
import { readForm, refused, unavailable } from "../data/forms.server.ts";
import { requestContext } from "../request/context.ts";
import { ConvexFailure, Refusal, WorkOSFailure } from "../request/errors.ts";
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

export async function action({ request, context }: Route.ActionArgs) {
  const call = context.get(requestContext);
  const form = await readForm(request);
  if (form.confirm !== "yes") return refused(form, { errors: { confirm: "Tick this box to go on." } });
  try {
    await deleteAccount(call);
  } catch (error) {
    if (error instanceof Refusal) return refused(form, { message: error.message });
    if (!(error instanceof ConvexFailure || error instanceof WorkOSFailure)) throw error;
    const message =
      "Your account could not be deleted just now, and nothing was lost. Please try again in a moment.";
    return unavailable(form, message);
  }
  await call.notices.leave({ kind: "status", text: "Your account has been deleted." });
  return redirect(href("/"), 303);
}

export default function Account({ loaderData: { claims, missing, lastAdmin } }: Route.ComponentProps) {
  const failure = useActionData<typeof action>();
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
        intro="Your profile, preferences, projects, sessions and activity, in one file. It contains no API keys and no other user’s e-mail."
      >
        <p>
          <a href={href("/settings/account/export")} download className="button" data-look="quiet">
            Export my data
          </a>
        </p>
      </Card>
      <Card title="End" intro={WHAT_DELETING_DOES}>
        {lastAdmin ? (
          <p>You are the last admin, so make another user an admin before you delete your account.</p>
        ) : null}
        <DeleteAccountForm failure={failure} />
      </Card>
    </Page>
  );
}

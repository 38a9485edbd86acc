/** Shows the user's organizations and switches between them. */
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { requireAuth } from "../auth/guards.server.ts";
import { safeReturnTo } from "../auth/return-to.ts";
import type { Membership } from "../auth/workos-account.server.ts";
import { definePage } from "../data/define-page.server.ts";
import { membershipsOf } from "../organizations/memberships.server.ts";
import { OrganizationList } from "../organizations/organization-list.tsx";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { ButtonLink } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import type { Route } from "./+types/settings.organization";

export const handle = { access: "user" } satisfies RoutePolicy;

const page = definePage(api.pages.shell);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Organization · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  const { user, session } = await requireAuth(args);
  const call = args.context.get(requestContext);
  const [memberships] = await Promise.all([membershipsOf(call, user.id), page.require(args)]);
  const { searchParams } = args.url;
  const wanted = searchParams.get("organizationId");
  const isPinned = call.env.entryRule.organizationId !== null;
  return {
    memberships,
    currentId: session.organizationId,
    /** Whether only members of one organization may enter, so that no user can switch. */
    isPinned,
    /** The user's organization that requires its own sign-in, which then leads back to `returnTo`. */
    wanted: (!isPinned && memberships?.find(({ organizationId }) => organizationId === wanted)) || null,
    returnTo: safeReturnTo(searchParams.get("returnTo")),
  };
}

export default function Organization({ loaderData }: Route.ComponentProps) {
  const { memberships, currentId, isPinned, wanted, returnTo } = loaderData;
  const others = memberships?.filter(({ organizationId }) => organizationId !== currentId) ?? [];
  const reason = isPinned
    ? "Only members of one organization may use this Mosaic, so there is none to switch to."
    : reasonNotToSwitch(memberships, others);
  return (
    <Page
      title="Organization"
      narrow
      intro={[
        "Switching changes the organization, the role and the permissions in your access token.",
        "Your projects in Mosaic stay the same.", // agents:line
      ].join(" ")}
    >
      {wanted === null ? null : <SignInAgain organization={wanted} returnTo={returnTo} />}
      {reason !== null ? (
        <p>{reason}</p>
      ) : memberships === null ? (
        <Notice kind="alert">WorkOS is not answering. Your organizations show here once it is back.</Notice>
      ) : (
        <OrganizationList memberships={memberships} currentId={currentId} />
      )}
    </Page>
  );
}

/** Returns why there is no organization to switch to; null if there is one, or if WorkOS did not answer. */
function reasonNotToSwitch(memberships: readonly Membership[] | null, others: readonly Membership[]) {
  if (memberships === null || others.length > 0) return null;
  const only = memberships[0];
  return only === undefined
    ? "You do not belong to an organization."
    : `${only.name} is your only organization, so there is none to switch to.`;
}

/** A link instead of a redirect, because the Content Security Policy forbids forms to other sites. */
function SignInAgain(props: { organization: Membership; returnTo: string | null }) {
  const { organizationId, name } = props.organization;
  const query = new URLSearchParams({ organizationId, ...(props.returnTo && { returnTo: props.returnTo }) });
  return (
    <Card
      title="One more step"
      intro={`${name} asks you to sign in for it, with its own sign-on or a second factor.`}
    >
      <p>
        <ButtonLink to={`${href("/api/auth/login")}?${query}`} isDocument look="primary">
          {`Sign in to ${name}`}
        </ButtonLink>
      </p>
    </Card>
  );
}

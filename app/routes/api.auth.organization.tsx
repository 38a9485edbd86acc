/** Switches the session to another of the user's organizations. */
import { data, href, redirect } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { loginPath, safeReturnTo } from "../auth/return-to.ts";
import { definePage } from "../data/define-page.server.ts";
import { readForm } from "../data/forms.server.ts";
import { useDocument } from "../frame/document.ts";
import { isOrganizationId, switchOrganization } from "../organizations/switch-organization.server.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { ErrorPage } from "../ui/error-page.tsx";
import type { Route } from "./+types/api.auth.organization";

export const handle = { access: "user", rejections: "json" } satisfies RoutePolicy;

const page = definePage(api.pages.shell);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Organization · Mosaic" }];

const rejection = (status: 400 | 403 | 503) => data({ status }, { status });

export async function action({ request, context }: Route.ActionArgs) {
  const call = context.get(requestContext);
  const form = await readForm(request);
  const toLogin = () => redirect(loginPath({ error: call.auth.endReason }));
  if ((await call.auth.open()) === null) return toLogin();
  if (!isOrganizationId(form.organizationId)) return rejection(400);
  const returnTo = safeReturnTo(form.returnTo);
  switch (await switchOrganization(call, form.organizationId)) {
    case "switched":
      return redirect(returnTo ?? href("/dashboard"), 303);
    case "sign_in_needed": {
      const query = new URLSearchParams({
        organizationId: form.organizationId,
        ...(returnTo && { returnTo }),
      });
      return redirect(`${href("/settings/organization")}?${query}`, 303);
    }
    case "over":
      return toLogin();
    case "not_a_member":
      return rejection(403);
    case "unavailable":
      return rejection(503);
  }
}

const WORDS = {
  400: {
    title: "No such organization",
    message: "The form did not name an organization. Choose one from your list.",
  },
  403: {
    title: "Not your organization",
    message:
      "You do not belong to that organization, so nothing was changed. Ask its administrator to invite you.",
  },
  503: {
    title: "WorkOS is not answering",
    message: "You are still signed in where you were. Please try again in a moment.",
  },
};

export default function NotSwitched({ actionData }: Route.ComponentProps) {
  const { requestId } = useDocument();
  return (
    <ErrorPage
      {...WORDS[actionData?.status ?? 400]}
      action={{ to: href("/settings/organization"), label: "Your organizations" }}
      requestId={requestId}
    />
  );
}

/** Profile page: edits the user's own name. */
import { href, useActionData } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { asViewer } from "../auth/as-viewer.server.ts";
import { definePage } from "../data/define-page.server.ts";
import { done, failed, readForm, refused } from "../data/forms.server.ts";
import { useWorkOS } from "../data/use-workos.ts";
import { profileChanges, profileProblems } from "../profile/profile-fields.ts";
import { ProfileForm } from "../profile/profile-form.tsx";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import type { Route } from "./+types/profile";

export const handle = { access: "user" } satisfies RoutePolicy;

const page = definePage(api.pages.profile);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Profile · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  await page.require(args);
  return null;
}

export { clientAction } from "../data/form-action.ts";

export async function action({ request, context }: Route.ActionArgs) {
  const form = await readForm(request);
  const call = context.get(requestContext);
  const changes = profileChanges(form);
  const errors = profileProblems(changes);
  if (Object.keys(errors).length > 0) return refused(form, { errors });
  try {
    await asViewer(call, href("/profile"), async (convex) => {
      const viewer = await convex.query(api.users.viewer, {});
      await convex.mutation(api.users.updateProfile, { userId: viewer?._id ?? "", ...changes });
    });
  } catch (error) {
    if (error instanceof Response) throw error;
    return failed(error, form);
  }
  return done(call, href("/profile"));
}

export default function Profile() {
  const failure = useActionData<typeof action>();
  const { workosUser, convexUser } = useWorkOS();
  return (
    <Page title="Profile" narrow intro={workosUser?.email}>
      {convexUser === null ? (
        <Notice kind="alert">
          Live data is unavailable. What you save now may be refused; nothing is lost.
        </Notice>
      ) : null}
      <ProfileForm viewer={convexUser} fallback={workosUser} failure={failure ?? null} />
    </Page>
  );
}

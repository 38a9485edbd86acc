/** Profile page: edits the user's own name. */
import { api } from "../../convex/_generated/api.js";
import { definePage } from "../data/define-page.server.ts";
import { runForms } from "../data/forms.server.ts";
import { useWorkOS } from "../data/use-workos.ts";
import { EditProfile } from "../profile/edit-profile.tsx";
import { saveProfile } from "../profile/profile-form.ts";
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

export async function action(args: Route.ActionArgs) {
  return runForms(args, [saveProfile], async (convex) => {
    const viewer = await convex.query(api.users.viewer, {});
    return { userId: viewer?._id ?? "" };
  });
}

export default function Profile() {
  const { workosUser, convexUser } = useWorkOS();
  return (
    <Page title="Profile" narrow intro={workosUser?.email}>
      {convexUser === null ? (
        <Notice kind="alert">
          Live data is unavailable. What you save now may be rejected; nothing is lost.
        </Notice>
      ) : null}
      <EditProfile viewer={convexUser} fallback={workosUser} />
    </Page>
  );
}

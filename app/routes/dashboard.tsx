/** The user's projects, and a form to create one. */
import { href, useActionData } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { roleAllows } from "../../convex/model/roles.ts";
import { asViewer } from "../auth/as-viewer.server.ts";
import { definePage } from "../data/define-page.server.ts";
import { done, failed, readForm } from "../data/forms.server.ts";
import { useLive } from "../data/live-context.ts";
import { CreateProject } from "../projects/create-project.tsx";
import { packList } from "../projects/list-data.ts";
import { ProjectList } from "../projects/project-list.tsx";
import { usePacked } from "../react-router/packed.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import type { Route } from "./+types/dashboard";

export const handle = { access: "user" } satisfies RoutePolicy;

const page = definePage(api.pages.dashboard);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Dashboard · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  const { data } = await page.require(args);
  return { list: data && packList(data) };
}

export { clientAction } from "../data/form-action.ts";

export async function action({ request, context }: Route.ActionArgs) {
  const form = await readForm(request);
  const call = context.get(requestContext);
  try {
    await asViewer(call, href("/dashboard"), (convex) =>
      convex.mutation(api.projects.create, { name: form.name ?? "" }),
    );
  } catch (error) {
    if (error instanceof Response) throw error;
    return failed(error, form, "name");
  }
  return done(call, href("/dashboard"), "Project created");
}

export default function Dashboard({ loaderData: { list } }: Route.ComponentProps) {
  const loaded = usePacked(list);
  const failure = useActionData<typeof action>();
  const { viewer } = useLive();
  const mayCreate = viewer === null || roleAllows(viewer.role, "projects.create");
  return (
    <Page title="Dashboard">
      <ProjectList
        loaded={loaded}
        empty={
          mayCreate ? (
            <p>A project is a field of tiles, one for each of your agents. Name the first one below.</p>
          ) : (
            <p>Projects appear here when someone adds you to one.</p>
          )
        }
      />
      {!mayCreate && failure?.message ? <Notice kind="alert">{failure.message}</Notice> : null}
      {mayCreate ? <CreateProject failure={failure} /> : null}
    </Page>
  );
}

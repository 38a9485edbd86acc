/** The user's projects, and a form to create one. */
import { api } from "../../convex/_generated/api.js";
import { roleAllows } from "../../convex/model/roles.ts";
import { definePage } from "../data/define-page.server.ts";
import { useFailure } from "../data/form-action.ts";
import { runForms } from "../data/forms.server.ts";
import { useLive } from "../data/live-context.ts";
import { createProject } from "../projects/create-forms.ts";
import { CreateProject } from "../projects/create-project.tsx";
import { packList } from "../projects/list-data.ts";
import { ProjectList } from "../projects/project-list.tsx";
import { usePacked } from "../react-router/packed.ts";
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

export async function action(args: Route.ActionArgs) {
  return runForms(args, [createProject]);
}

export default function Dashboard({ loaderData: { list } }: Route.ComponentProps) {
  const loaded = usePacked(list);
  const failure = useFailure();
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
      {!mayCreate && failure?.errors.form ? <Notice kind="alert">{failure.errors.form}</Notice> : null}
      {mayCreate ? <CreateProject /> : null}
    </Page>
  );
}

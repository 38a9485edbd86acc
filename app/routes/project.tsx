/** Project page. */
import { useActionData } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { definePage } from "../data/define-page.server.ts";
import { runForms } from "../data/forms.server.ts";
import { createKey } from "../projects/create-forms.ts";
import { chartEnd, projectArgs } from "../projects/project-address.ts";
import {
  addMember,
  archiveProject,
  deleteProject,
  leaveProject,
  removeMember,
  renameProject,
  restoreProject,
  revokeKey,
  withdrawInvitation,
} from "../projects/project-forms.ts";
import { ProjectPage } from "../projects/project-page.tsx";
import { recordView } from "../projects/record-view.server.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import type { Route } from "./+types/project";

export const handle = { access: "user" } satisfies RoutePolicy;

const page = definePage(api.pages.project, (from) => ({ ...projectArgs(from), until: chartEnd(from.now) }));
export const middleware = page.middleware;

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: `${loaderData?.page?.project.name ?? "Project"} · Mosaic` },
];

export async function loader(args: Route.LoaderArgs) {
  const { data } = await page.require(args);
  if (data?.membership === null) recordView(args.context.get(requestContext), args.request, data.project._id);
  const { search } = new URL(args.context.get(requestContext).address, "http://localhost");
  return { page: data && withoutViewer(data), search, origin: args.context.get(requestContext).env.appUrl };
}

/** Removes the viewer, which the root loader already returns. */
function withoutViewer<T extends { viewer: unknown }>({ viewer: _, ...rest }: T): Omit<T, "viewer"> {
  return rest;
}

export { clientAction } from "../data/form-action.ts";

const FORMS = [
  renameProject,
  addMember,
  removeMember,
  withdrawInvitation,
  createKey,
  revokeKey,
  archiveProject,
  restoreProject,
  leaveProject,
  deleteProject,
];

export async function action(args: Route.ActionArgs) {
  return runForms(args, FORMS, () => ({ projectId: args.params.id }));
}

export default function Project({ loaderData: { page, search, origin }, params }: Route.ComponentProps) {
  const answer = useActionData<typeof action>();
  return (
    <ProjectPage
      key={params.id}
      projectId={params.id}
      search={search}
      loaded={page}
      origin={origin}
      revealed={answer && "createdKey" in answer ? answer.createdKey : null}
    />
  );
}

/** Project page. */
import { useActionData } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { definePage } from "../data/define-page.server.ts";
import { runForms, served } from "../data/forms.server.ts";
import { createKey } from "../projects/create-forms.ts";
import { inviteMember, withdrawInvite } from "../projects/invite.server.ts";
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
import { withoutViewer } from "../projects/project-query.ts";
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
  const { appUrl, entryRule } = args.context.get(requestContext).env;
  return {
    page: data && withoutViewer(data),
    search,
    origin: appUrl,
    /** Whether WorkOS sends the invitations. */
    sendsInvitations: entryRule.organizationId !== null,
  };
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
  const projectId = args.params.id;
  const { organizationId } = args.context.get(requestContext).env.entryRule;
  if (organizationId === null) return runForms(args, FORMS, () => ({ projectId }));
  const invite = served({ ...addMember, done: "" }, (call, submitted) =>
    inviteMember(call, organizationId, addMember.argsOf(submitted, { projectId })),
  );
  const withdraw = served({ ...withdrawInvitation, done: "" }, (call, { email }) =>
    withdrawInvite(call, organizationId, { projectId, email }),
  );
  // The first form of an intent is run.
  return runForms(args, [invite, withdraw, ...FORMS], () => ({ projectId }));
}

export default function Project({
  loaderData: { page, search, origin, sendsInvitations },
  params,
}: Route.ComponentProps) {
  const answer = useActionData<typeof action>();
  return (
    <ProjectPage
      key={params.id}
      projectId={params.id}
      search={search}
      loaded={page}
      origin={origin}
      sendsInvitations={sendsInvitations}
      revealed={answer && "createdKey" in answer ? answer.createdKey : null}
    />
  );
}

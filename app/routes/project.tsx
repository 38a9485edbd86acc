/** Project page. */
import { useMemo } from "react";
import { useActionData } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { ALERT_FORMS, type CreatedChannel } from "../alerts/alert-forms.ts";
import { definePage } from "../data/define-page.server.ts";
import { runForms, served } from "../data/forms.server.ts";
import { type CreatedKey, createKey } from "../projects/create-forms.ts";
import type { Guide } from "../projects/guide.ts";
import { guidesFor } from "../projects/guides.server.ts";
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
import { withoutViewer } from "../projects/project-query.ts";
import { recordView } from "../projects/record-view.server.ts";
import { pack, usePacked } from "../react-router/packed.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import type { Route } from "./+types/project";

export const handle = { access: "user" } satisfies RoutePolicy;

const projectPage = definePage(api.pages.project, (from) => ({
  ...projectArgs(from),
  until: chartEnd(from.now),
}));
export const middleware = projectPage.middleware;

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: `${loaderData?.page?.project.name ?? "Project"} · Mosaic` },
];

export async function loader(args: Route.LoaderArgs) {
  const { data } = await projectPage.require(args);
  const call = args.context.get(requestContext);
  if (data?.membership === null) recordView(call, args.request, data.project._id);
  const { search } = new URL(call.address, "http://localhost");
  const { appUrl: origin, entryRule } = call.env;
  const inviting = { origin, sendsInvitations: entryRule.organizationId !== null };
  const guides = data?.keys === null ? null : pack(guidesFor(origin));
  if (data === null) return { page: null, rows: null, search, guides, inviting };
  const { agents, totals, ...page } = withoutViewer(data);
  return { page, rows: pack({ agents, totals }), search, guides, inviting };
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
  ...ALERT_FORMS,
];

/** What is shown once, after the form that created it. */
type Revealed = { createdKey: CreatedKey } | { createdChannel: CreatedChannel };

export async function action(args: Route.ActionArgs) {
  const params = { projectId: args.params.id };
  const { organizationId } = args.context.get(requestContext).env.entryRule;
  // The first form of an intent is run.
  const forms = organizationId === null ? FORMS : [...invitationForms(organizationId, params), ...FORMS];
  return runForms<typeof params, Revealed>(args, forms, () => params);
}

/** Returns the forms for members whose invitations WorkOS sends. */
function invitationForms(organizationId: string, params: { projectId: string }) {
  return [
    served({ ...addMember, done: "" }, (call, submitted) =>
      inviteMember(call, organizationId, addMember.argsOf(submitted, params)),
    ),
    served({ ...withdrawInvitation, done: "" }, (call, submitted) =>
      withdrawInvite(call, organizationId, withdrawInvitation.argsOf(submitted, params)),
    ),
  ];
}

const NO_GUIDES: readonly Guide[] = [];

export default function Project({
  loaderData: { page, rows: packed, search, guides: packedGuides, inviting },
  params,
}: Route.ComponentProps) {
  const answer = useActionData<typeof action>();
  const rows = usePacked(packed);
  const guides = usePacked(packedGuides);
  const loaded = useMemo(() => page && rows && { ...page, ...rows }, [page, rows]);
  return (
    <ProjectPage
      key={params.id}
      projectId={params.id}
      search={search}
      loaded={loaded}
      guides={guides ?? NO_GUIDES}
      inviting={inviting}
      revealed={answer && "createdKey" in answer ? answer.createdKey : null}
      revealedChannel={answer && "createdChannel" in answer ? answer.createdChannel : null}
    />
  );
}

/** Page of an agent of a project. */
import { api } from "../../convex/_generated/api.js";
import { definePage } from "../data/define-page.server.ts";
import { runForms } from "../data/forms.server.ts";
import { muteAgent, retireAgent, setAgentInterval, unmuteAgent } from "../projects/agent-forms.ts";
import { AgentPage } from "../projects/agent-page.tsx";
import { agentArgs, agentOf, chartEnd } from "../projects/project-address.ts";
import { withoutViewer } from "../projects/project-query.ts";
import { recordView } from "../projects/record-view.server.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import type { Route } from "./+types/project.agent";

export const handle = { access: "user" } satisfies RoutePolicy;

const page = definePage(api.pages.agent, (from) => ({ ...agentArgs(from), until: chartEnd(from.now) }));
export const middleware = page.middleware;

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: `${loaderData?.agent ?? "Agent"} · Mosaic` },
];

export async function loader(args: Route.LoaderArgs) {
  const { data } = await page.require(args);
  const call = args.context.get(requestContext);
  if (data?.membership === null) recordView(call, args.request, args.params.id);
  const { search, pathname } = new URL(call.address, "http://localhost");
  return { page: data && withoutViewer(data), search, agent: agentOf(pathname) };
}

export { clientAction } from "../data/form-action.ts";

export async function action(args: Route.ActionArgs) {
  const { pathname } = new URL(args.context.get(requestContext).address, "http://localhost");
  const params = { projectId: args.params.id, agent: agentOf(pathname) };
  return runForms(args, [setAgentInterval, muteAgent, unmuteAgent, retireAgent], () => params);
}

export default function Agent({ loaderData: { page, search, agent }, params }: Route.ComponentProps) {
  return (
    <AgentPage
      key={`${params.id} ${agent}`}
      projectId={params.id}
      agent={agent}
      search={search}
      loaded={page}
    />
  );
}

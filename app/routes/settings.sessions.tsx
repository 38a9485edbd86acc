/** Lists and revokes the user's sessions. */
import { redirect } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { SESSION_LIFETIME_MS } from "../../convex/model/sessionRules.ts";
import { requireAuth } from "../auth/guards.server.ts";
import { loginPath } from "../auth/return-to.ts";
import { definePage } from "../data/define-page.server.ts";
import { useFailure } from "../data/form-action.ts";
import { runForms, served, unavailable } from "../data/forms.server.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { endOtherSessions, endSession } from "../sessions/end-sessions.server.ts";
import { joinSessions, sessionsAtWorkOS } from "../sessions/listed-sessions.server.ts";
import { revokeOtherSessions, revokeSession } from "../sessions/session-forms.ts";
import { SessionList } from "../sessions/session-list.tsx";
import { useSessionsElsewhere } from "../sessions/use-sessions-elsewhere.ts";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import type { Route } from "./+types/settings.sessions";

export const handle = { access: "user" } satisfies RoutePolicy;

const page = definePage(api.pages.sessions);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Sessions · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  const { user, session } = await requireAuth(args);
  const context = args.context.get(requestContext);
  const [{ data }, atWorkOS] = await Promise.all([page.require(args), sessionsAtWorkOS(context, user.id)]);
  const missing = data === null ? "convex" : atWorkOS === null ? "workos" : null;
  const { sessionId, expiresAt } = session;
  const { userAgent } = context.seen;
  const current = { sessionId, startedAt: expiresAt - SESSION_LIFETIME_MS, userAgent };
  return { sessions: joinSessions(atWorkOS, data?.sessions ?? [], current), missing };
}

export { clientAction } from "../data/form-action.ts";

const SOME_MAY_REMAIN =
  "WorkOS is not answering. The sessions seen here were revoked; try again for any others.";

export async function action(args: Route.ActionArgs) {
  return runForms(args, [
    served(revokeSession, async (call, { sessionId }) => {
      const current = await call.auth.open();
      await endSession(call, sessionId);
      if (sessionId !== current?.sessionId) return;
      call.auth.end("session_revoked");
      return redirect(loginPath({ error: "session_revoked" }), 303);
    }),
    served(revokeOtherSessions, async (call) => {
      if (!(await endOtherSessions(call))) return unavailable({}, SOME_MAY_REMAIN);
    }),
  ]);
}

export default function Sessions({ loaderData }: Route.ComponentProps) {
  const failure = useFailure();
  const sessions = useSessionsElsewhere(loaderData.sessions);
  const { missing } = loaderData;
  return (
    <Page
      title="Sessions"
      narrow
      intro="Every place you are signed in. Revoking one signs it out within seconds."
    >
      {failure?.errors.form ? <Notice kind="alert">{failure.errors.form}</Notice> : null}
      {missing === "convex" ? (
        <Notice kind="alert">
          Live data is unavailable. Where and when sessions were used is missing here.
        </Notice>
      ) : null}
      {missing === "workos" ? (
        <Notice kind="alert">WorkOS is not answering. These are the sessions that were used here.</Notice>
      ) : null}
      <SessionList sessions={sessions} />
    </Page>
  );
}

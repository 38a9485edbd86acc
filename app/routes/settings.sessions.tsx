/** Lists and revokes the user's sessions. */
import { href, redirect, useActionData } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { requireAuth } from "../auth/guards.server.ts";
import { loginPath } from "../auth/return-to.ts";
import { definePage } from "../data/define-page.server.ts";
import { done, failed, readForm, refused, unavailable } from "../data/forms.server.ts";
import { requestContext } from "../request/context.ts";
import { ConvexFailure, Refusal } from "../request/errors.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { endOtherSessions, endSession } from "../sessions/end-sessions.server.ts";
import { joinSessions, sessionsAtWorkOS } from "../sessions/listed-sessions.server.ts";
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
  const [{ data }, atWorkOS] = await Promise.all([
    page.require(args),
    sessionsAtWorkOS(args.context.get(requestContext), user.id),
  ]);
  const missing = data === null ? "convex" : atWorkOS === null ? "workos" : null;
  return { sessions: joinSessions(atWorkOS, data?.sessions ?? [], session.sessionId), missing };
}

export { clientAction } from "../data/form-action.ts";

export async function action({ request, context }: Route.ActionArgs) {
  const form = await readForm(request);
  const call = context.get(requestContext);
  const current = await call.auth.open();
  try {
    if (form.intent === "others") {
      if (await endOtherSessions(call))
        return done(call, href("/settings/sessions"), "All other sessions revoked");
      const message =
        "WorkOS is not answering. The sessions seen here were revoked; try again for any others.";
      return unavailable(form, message);
    }
    if (!form.sessionId) return refused(form, { message: "Say which session is to end." });
    await endSession(call, form.sessionId);
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ConvexFailure)) throw error;
    return failed(error, form);
  }
  if (form.sessionId !== current?.sessionId) return done(call, href("/settings/sessions"), "Session revoked");
  call.auth.end("session_revoked");
  return redirect(loginPath({ error: "session_revoked" }), 303);
}

export default function Sessions({ loaderData }: Route.ComponentProps) {
  const failure = useActionData<typeof action>();
  const sessions = useSessionsElsewhere(loaderData.sessions);
  const { missing } = loaderData;
  return (
    <Page
      title="Sessions"
      narrow
      intro="Every place you are signed in. Revoking one signs it out within seconds."
    >
      {failure?.message ? <Notice kind="alert">{failure.message}</Notice> : null}
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

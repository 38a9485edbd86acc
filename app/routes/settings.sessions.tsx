/** Where the person is signed in, and the way to end it there. */
import { useEffect } from "react";
import { useActionData, useRevalidator } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { getOptionalAuth, requirePage } from "../auth/guards.server.ts";
import { requestContext } from "../context.ts";
import { ConvexFailure, Refusal } from "../errors.ts";
import { done, failed, readForm, refused } from "../forms.server.ts";
import { useLiveQuery } from "../live/use-live-query.ts";
import { pageQuery } from "../middleware/page-query.ts";
import { endSession } from "../sessions/end-sessions.server.ts";
import { joinSessions, sessionsAtWorkOS } from "../sessions/listed-sessions.server.ts";
import { SessionList } from "../sessions/session-list.tsx";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import type { Route } from "./+types/settings.sessions";

export const middleware = [pageQuery(api.pages.sessions)];

export const meta: Route.MetaFunction = () => [{ title: "Sessions · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  const context = args.context.get(requestContext);
  const session = await context.auth.open();
  const [{ data, session: info }, atWorkOS] = await Promise.all([
    requirePage<typeof api.pages.sessions._returnType>(args),
    session === null ? null : sessionsAtWorkOS(context, session.user.id),
  ]);
  const missing = data === null ? "convex" : atWorkOS === null ? "workos" : null;
  return { sessions: joinSessions(atWorkOS, data?.sessions ?? [], info.sessionId), missing };
}

export async function action(args: Route.ActionArgs) {
  const form = await readForm(args.request);
  const context = args.context.get(requestContext);
  const { user, session } = await getOptionalAuth(args);
  try {
    if (form.intent !== "others") {
      if (!form.sessionId) return refused(form, { message: "Say which session is to end." });
      await endSession(context, form.sessionId, Date.now());
      return done(context, "/settings/sessions", "Session revoked");
    }
    const known = user === null ? [] : await sessionsAtWorkOS(context, user.id);
    if (known === null) throw new ConvexFailure("unavailable");
    const others = known.filter(({ sessionId }) => sessionId !== session?.sessionId);
    await Promise.all(others.map(({ sessionId, startedAt }) => endSession(context, sessionId, startedAt)));
    return done(context, "/settings/sessions", "All other sessions revoked");
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof ConvexFailure)) throw error;
    return failed(error, form);
  }
}

export default function Sessions({ loaderData: { sessions, missing } }: Route.ComponentProps) {
  const failure = useActionData<typeof action>();
  useSessionsElsewhere();
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

/** A sign-in or an end elsewhere shows here: Convex says that something changed, the worker what it is. */
function useSessionsElsewhere(): void {
  const { value } = useLiveQuery(api.sessions.mine, {}, null);
  const { revalidate } = useRevalidator();
  const ids = value?.map(({ sessionId }) => sessionId).join(" ");
  useEffect(() => {
    if (ids !== undefined) void revalidate();
  }, [ids, revalidate]);
}

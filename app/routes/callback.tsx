/** Callback of the sign-in at WorkOS. Renders a page only if WorkOS is unavailable or the user may not enter. */
import { data, href, redirect } from "react-router";
import { runSignIn, signInContext } from "../auth/finish-sign-in.server.ts";
import { BAR_TEXTS } from "../auth/not-allowed.ts";
import { useDocument } from "../frame/document.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { isDataPath } from "../request/route-table.ts";
import { ErrorPage } from "../ui/error-page.tsx";
import type { Route } from "./+types/callback";

export const handle = {
  actsOnGet: true,
  rateLimit: { limit: "signIns", by: "network", exceptStarted: true },
} satisfies RoutePolicy;

/** Runs as middleware, because the root loader would concurrently use the session that is being replaced. */
export const middleware: Route.MiddlewareFunction[] = [
  async ({ context, request, url }) => {
    // A page that is shown revalidates the data around it. The code is used already.
    if (isDataPath(new URL(request.url).pathname)) return;
    const outcome = await runSignIn(context.get(requestContext), url.searchParams);
    if (outcome instanceof Response) return outcome;
    context.set(signInContext, outcome);
  },
];

export const meta: Route.MetaFunction = ({ loaderData }) => [
  { title: loaderData?.status === 403 ? "No access · Mosaic" : "Signing in · Mosaic" },
];

export function loader({ context }: Route.LoaderArgs) {
  const failed = context.get(signInContext);
  if (failed === null) throw redirect(href("/login"));
  return data(failed, { status: failed.status });
}

export const shouldRevalidate = () => false;

export default function SignInFailed({ loaderData: failed }: Route.ComponentProps) {
  const { requestId } = useDocument();
  if (failed.status === 403) {
    const { reason, email, leave, contact } = failed;
    const problem = `${email} may not use this Mosaic: ${BAR_TEXTS[reason]}.`;
    return (
      <ErrorPage
        title="No access"
        message={`${problem} Ask ${contact ?? "the person who runs it"} if you should have access.`}
        action={{ to: leave, label: "Use another account", isDocument: true }}
        requestId={requestId}
      />
    );
  }
  const query = failed.returnTo ? `?${new URLSearchParams({ returnTo: failed.returnTo })}` : "";
  return (
    <ErrorPage
      title="Sign-in is not answering"
      message="WorkOS, which signs you in, did not answer. You have not been signed in, and nothing else has changed."
      action={{ to: href("/api/auth/login") + query, label: "Try again", isDocument: true }}
      requestId={requestId}
    />
  );
}

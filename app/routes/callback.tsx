/** Callback of the sign-in at WorkOS. Renders a page only if WorkOS is unavailable. */
import { data, href, redirect } from "react-router";
import { finishSignIn, SignInUnavailableError, signInContext } from "../auth/finish-sign-in.server.ts";
import { useDocument } from "../frame/document.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { ErrorPage } from "../ui/error-page.tsx";
import type { Route } from "./+types/callback";

export const handle = {
  actsOnGet: true,
  rateLimit: { limit: "signIns", by: "network", exceptStarted: true },
} satisfies RoutePolicy;

/** Runs as middleware, because the root loader would concurrently use the session that is being replaced. */
export const middleware: Route.MiddlewareFunction[] = [
  async ({ context, url }) => {
    try {
      return await finishSignIn(context.get(requestContext), url.searchParams);
    } catch (error) {
      if (!(error instanceof SignInUnavailableError)) throw error;
      context.set(signInContext, { returnTo: error.returnTo });
    }
  },
];

export const meta: Route.MetaFunction = () => [{ title: "Signing in · Mosaic" }];

export function loader({ context }: Route.LoaderArgs) {
  const failed = context.get(signInContext);
  if (failed === null) throw redirect(href("/login"));
  return data(failed, { status: 502 });
}

export default function SignInFailed({ loaderData: { returnTo } }: Route.ComponentProps) {
  const { requestId } = useDocument();
  const query = returnTo ? `?${new URLSearchParams({ returnTo })}` : "";
  return (
    <ErrorPage
      title="Sign-in is not answering"
      message="WorkOS, which signs you in, did not answer. You have not been signed in, and nothing else has changed."
      action={{ to: href("/api/auth/login") + query, label: "Try again", isDocument: true }}
      requestId={requestId}
    />
  );
}

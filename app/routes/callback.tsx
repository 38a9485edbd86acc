/** Where WorkOS sends the browser back. It has no page of its own but the one for when WorkOS does not answer. */
import { data, isRouteErrorResponse } from "react-router";
import { finishSignIn, SignInUnavailable } from "../auth/finish-sign-in.server.ts";
import { requestContext } from "../context.ts";
import { useDocument } from "../document.ts";
import { ErrorPage } from "../ui/error-page.tsx";
import type { Route } from "./+types/callback";

export const meta: Route.MetaFunction = () => [{ title: "Signing in · Mosaic" }];

export async function loader({ context, url }: Route.LoaderArgs) {
  try {
    return await finishSignIn(context.get(requestContext), url.searchParams);
  } catch (error) {
    if (!(error instanceof SignInUnavailable)) throw error;
    throw data({ returnTo: error.returnTo }, { status: 502 });
  }
}

export default function Callback() {
  return null;
}

export function ErrorBoundary({ error }: Route.ErrorBoundaryProps) {
  const { requestId } = useDocument();
  const returnTo = isRouteErrorResponse(error) ? (error.data?.returnTo as string | null) : null;
  const query = returnTo ? `?${new URLSearchParams({ returnTo })}` : "";
  return (
    <ErrorPage
      title="Sign-in is not answering"
      message="WorkOS, which signs you in, did not answer. You have not been signed in, and nothing else has changed."
      action={{ href: `/api/auth/login${query}`, label: "Try again" }}
      requestId={requestId}
    />
  );
}

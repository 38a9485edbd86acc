/** Sign-in page. With an error it does not redirect signed-in users, to prevent a redirect loop. */
import { href, redirect } from "react-router";
import { getOptionalAuth } from "../auth/guards.server.ts";
import { loginErrorMessage } from "../auth/login-errors.ts";
import { safeReturnTo, signInPath } from "../auth/return-to.ts";
import { adviceIn } from "../auth/sign-in-requirements.ts";
import { requestContext } from "../request/context.ts";
import { LoginCard } from "../ui/login-card.tsx";
import type { Route } from "./+types/login";

export const meta: Route.MetaFunction = () => [{ title: "Sign in · Mosaic" }];

export async function loader({ context, url }: Route.LoaderArgs) {
  const { cookies } = context.get(requestContext);
  const returnTo = safeReturnTo(url.searchParams.get("returnTo"));
  const error = url.searchParams.get("error");
  if (error === null) {
    const { user } = await getOptionalAuth({ context });
    if (user !== null) throw redirect(returnTo ?? href("/dashboard"));
  }
  const hrefs = {
    signInHref: signInPath(returnTo),
    signUpHref: signInPath(returnTo, { screenHint: "sign-up" }),
  };
  if (error === null) return { ...hrefs, error, links: [] };
  const advice = error === "sign_in_failed" ? adviceIn(url.searchParams, returnTo) : null;
  if (advice !== null) return { ...hrefs, error: advice.text, links: advice.links };
  return {
    ...hrefs,
    error: loginErrorMessage(error, Object.keys(cookies).length > 0),
    links: error === "started_elsewhere" ? [{ label: "Continue signing in", to: hrefs.signInHref }] : [],
  };
}

export default function Login({ loaderData }: Route.ComponentProps) {
  return <LoginCard {...loaderData} />;
}

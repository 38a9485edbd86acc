/** Sign-in page. With an error it does not redirect signed-in users, to prevent a redirect loop. */
import { href, redirect } from "react-router";
import { getOptionalAuth } from "../auth/guards.server.ts";
import { loginErrorMessage } from "../auth/login-errors.ts";
import { safeReturnTo } from "../auth/return-to.ts";
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
  return {
    returnTo,
    error: error === null ? null : loginErrorMessage(error, Object.keys(cookies).length > 0),
  };
}

export default function Login({ loaderData: { returnTo, error } }: Route.ComponentProps) {
  const query: Record<string, string> = returnTo ? { returnTo } : {};
  const pathWith = (more: Record<string, string>) => {
    const params = new URLSearchParams({ ...query, ...more });
    return href("/api/auth/login") + (params.size > 0 ? `?${params}` : "");
  };
  return (
    <LoginCard
      signInHref={pathWith({})}
      signUpHref={pathWith({ screenHint: "sign-up" })}
      error={error ?? undefined}
    />
  );
}

/** Start page: an introduction for guests, a status overview for signed-in users. */

import { lazy, Suspense } from "react";
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { useAuth } from "../auth/use-auth.ts";
import { pageQuery } from "../data/define-page.ts";
import { packList } from "../projects/list-data.ts";
import { requestContext } from "../request/context.ts";
import { useTheme } from "../theme/theme-provider.tsx";
import { Button } from "../ui/button.tsx";
import { GuestHome } from "../ui/guest-home.tsx";
import { ThemePicker } from "../ui/theme-picker.tsx";
import { Waiting } from "../ui/waiting.tsx";
import type { Route } from "./+types/home";

/** Loaded lazily in the browser, so that guests do not download it. */
const SignedInHome = import.meta.env.SSR
  ? (await import("../projects/signed-in-home.tsx")).default
  : lazy(() => import("../projects/signed-in-home.tsx"));

export const middleware = [pageQuery(api.pages.home)];

export const meta: Route.MetaFunction = () => [{ title: "Mosaic: what your agents are doing, now" }];

export async function loader({ context }: Route.LoaderArgs) {
  const result = await context.get(requestContext).page.result();
  const data = result?.status === "ok" ? (result.data as typeof api.pages.home._returnType) : null;
  return { list: data && packList(data) };
}

export default function Home({ loaderData: { list } }: Route.ComponentProps) {
  const { user } = useAuth();
  if (user === null) return <Guest />;
  return (
    <Suspense>
      <SignedInHome list={list} />
    </Suspense>
  );
}

function Guest() {
  const { theme, waiting, setTheme } = useTheme();
  return (
    <GuestHome>
      <form
        method="post"
        action={href("/")}
        autoComplete="off"
        className="theme-form"
        // `onSelect` already stores the choice.
        onSubmit={(event) => event.preventDefault()}
      >
        <ThemePicker value={theme} onSelect={setTheme} />
        {waiting ? <Waiting /> : null}
        <noscript>
          <Button>Save theme</Button>
        </noscript>
      </form>
    </GuestHome>
  );
}

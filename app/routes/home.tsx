/** The start page: for a guest what this is, for somebody signed in whether anything is wrong. */
import { lazy, Suspense } from "react";
import { api } from "../../convex/_generated/api.js";
import { useAuth } from "../auth/use-auth.ts";
import { requestContext } from "../context.ts";
import { pageQuery } from "../middleware/page-query.ts";
import { packList } from "../projects/list-data.ts";
import { useTheme } from "../theme/theme-provider.tsx";
import { Button } from "../ui/button.tsx";
import { GuestHome } from "../ui/guest-home.tsx";
import { ThemePicker } from "../ui/theme-picker.tsx";
import { Waiting } from "../ui/waiting.tsx";
import type { Route } from "./+types/home";

/** A guest does not load what only somebody signed in sees; the server has it at hand and never waits. */
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
        action="/"
        autoComplete="off"
        className="theme-form"
        // A choice is stored as soon as it is made.
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

/** Start page: an introduction for guests, a status overview for signed-in users. */

import { Suspense } from "react";
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { useAuth } from "../auth/use-auth.ts";
import { definePage } from "../data/define-page.server.ts";
import { forUsers } from "../data/for-users.tsx";
import { packList } from "../projects/list-data.ts";
import { useTheme } from "../theme/theme-provider.tsx";
import { Button } from "../ui/button.tsx";
import { GuestHome } from "../ui/guest-home.tsx";
import { ThemePicker } from "../ui/theme-picker.tsx";
import { Waiting } from "../ui/waiting.tsx";
import type { Route } from "./+types/home";

const SignedInHome = forUsers(
  () => import("../projects/signed-in-home.tsx"),
  import.meta.env.SSR ? await import("../projects/signed-in-home.tsx") : undefined,
);

const page = definePage(api.pages.home);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Mosaic: what your agents are doing, now" }];

export async function loader(args: Route.LoaderArgs) {
  const { data } = await page.optional(args);
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

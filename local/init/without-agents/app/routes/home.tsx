/** Start page: an introduction for guests, a greeting for signed-in users. */

import { href, Link } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { useAuth } from "../auth/use-auth.ts";
import { definePage } from "../data/define-page.server.ts";
import { useWorkOS } from "../data/use-workos.ts";
import { useTheme } from "../theme/theme-provider.tsx";
import { displayName } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { GuestHome } from "../ui/guest-home.tsx";
import { Page } from "../ui/page.tsx";
import { ThemePicker } from "../ui/theme-picker.tsx";
import { Waiting } from "../ui/waiting.tsx";
import type { Route } from "./+types/home";

const page = definePage(api.pages.shell);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  await page.optional(args);
  return null;
}

export default function Home() {
  const { user } = useAuth();
  return user === null ? <Guest /> : <SignedInHome />;
}

function SignedInHome() {
  const { workosUser, convexUser } = useWorkOS();
  const firstName = (convexUser ? convexUser.firstName : workosUser?.firstName) || null;
  const email = convexUser?.email ?? workosUser?.email ?? "";
  return (
    <Page title={`Welcome back, ${displayName({ firstName, email })}!`}>
      <p>
        <Link to={href("/dashboard")} className="inline-flex min-h-11 items-center">
          Go to the dashboard
        </Link>
      </p>
    </Page>
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

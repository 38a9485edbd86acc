/** The start page: for a guest what this is, for somebody signed in whether anything is wrong. */
import { Form } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { useAuth } from "../auth/use-auth.ts";
import { useWorkOS } from "../auth/use-workos.ts";
import { requestContext } from "../context.ts";
import { pageQuery } from "../middleware/page-query.ts";
import { ProjectList } from "../projects/project-list.tsx";
import { useTheme } from "../theme/theme-provider.tsx";
import { displayName } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { GuestHome } from "../ui/guest-home.tsx";
import { Page } from "../ui/page.tsx";
import { ThemePicker } from "../ui/theme-picker.tsx";
import type { Route } from "./+types/home";

export const middleware = [pageQuery(api.pages.home)];

export const meta: Route.MetaFunction = () => [{ title: "Mosaic: what your agents are doing, now" }];

export async function loader({ context }: Route.LoaderArgs) {
  const result = await context.get(requestContext).page.result();
  const data = result?.status === "ok" ? (result.data as typeof api.pages.home._returnType) : null;
  return { projects: data?.projects ?? null };
}

export default function Home({ loaderData: { projects } }: Route.ComponentProps) {
  const { user } = useAuth();
  return user === null ? <Guest /> : <SignedIn projects={projects} />;
}

function Guest() {
  const { theme, setTheme } = useTheme();
  return (
    <GuestHome>
      <Form method="post" action="/" className="theme-form">
        <ThemePicker value={theme} onSelect={setTheme} />
        <noscript>
          <Button>Save theme</Button>
        </noscript>
      </Form>
    </GuestHome>
  );
}

function SignedIn({ projects }: { projects: (typeof api.pages.home._returnType)["projects"] | null }) {
  const { workosUser, convexUser } = useWorkOS();
  const firstName = (convexUser ? convexUser.firstName : workosUser?.firstName) || null;
  const email = convexUser?.email ?? workosUser?.email ?? "";
  return (
    <Page title={`Welcome back, ${displayName({ firstName, email })}!`}>
      <ProjectList projects={projects} />
    </Page>
  );
}

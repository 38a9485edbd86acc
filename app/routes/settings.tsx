/** Settings page: theme and time zone. */
import { href } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { SettingsLinks } from "../account/settings-links.tsx";
import { requireAuth } from "../auth/guards.server.ts";
import { isOfForm } from "../data/define-form.ts";
import { definePage } from "../data/define-page.server.ts";
import { useFailure } from "../data/form-action.ts";
import { runForms } from "../data/forms.server.ts";
import { canSwitch } from "../organizations/memberships.server.ts";
import { requestContext } from "../request/context.ts";
import type { RoutePolicy } from "../request/route-policy.ts";
import { serveTheme } from "../theme/save-theme.server.ts";
import { useTheme } from "../theme/theme-provider.tsx";
import { TimeZoneCard } from "../time-zone/time-zone-card.tsx";
import { saveTimeZone, timeZones } from "../time-zone/time-zone-form.ts";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import { ThemePicker } from "../ui/theme-picker.tsx";
import { Waiting } from "../ui/waiting.tsx";
import type { Route } from "./+types/settings";

export const handle = { access: "user" } satisfies RoutePolicy;

const page = definePage(api.pages.settings);
export const middleware = page.middleware;

export const meta: Route.MetaFunction = () => [{ title: "Settings · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  const { user, session } = await requireAuth(args);
  const [mayHaveOthers] = await Promise.all([
    canSwitch(args.context.get(requestContext), user.id, session.organizationId),
    page.require(args),
  ]);
  // The zones are from the server, because browsers may know different names.
  return { zones: timeZones(), canSwitch: mayHaveOthers };
}

export { clientAction } from "../data/form-action.ts";

export async function action(args: Route.ActionArgs) {
  return runForms(args, [serveTheme, saveTimeZone]);
}

export default function Settings({ loaderData }: Route.ComponentProps) {
  const failure = useFailure();
  const { theme, waiting, setTheme } = useTheme();
  return (
    <Page title="Settings" narrow>
      <Card title="Appearance" intro="It follows you to every browser you sign in with.">
        {failure && !isOfForm(saveTimeZone, failure.values) ? (
          <Notice kind="alert">{failure.errors.form ?? failure.errors.theme}</Notice>
        ) : null}
        <form
          method="post"
          action={href("/settings")}
          autoComplete="off"
          className="theme-form"
          // `onSelect` already stores the choice.
          onSubmit={(event) => event.preventDefault()}
        >
          <ThemePicker value={theme} onSelect={setTheme} />
          {waiting ? <Waiting /> : null}
          <noscript>
            <Button>Save</Button>
          </noscript>
        </form>
      </Card>
      <TimeZoneCard zones={loaderData.zones} />
      <SettingsLinks canSwitch={loaderData.canSwitch} />
    </Page>
  );
}

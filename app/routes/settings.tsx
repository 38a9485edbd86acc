/** How Mosaic looks to this person. */
import { Form, useActionData } from "react-router";
import { api } from "../../convex/_generated/api.js";
import { requirePage } from "../auth/guards.server.ts";
import { requestContext } from "../context.ts";
import { pageQuery } from "../middleware/page-query.ts";
import { saveTheme } from "../theme/save-theme.server.ts";
import { useTheme } from "../theme/theme-provider.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Notice } from "../ui/notice.tsx";
import { Page } from "../ui/page.tsx";
import { ThemePicker } from "../ui/theme-picker.tsx";
import type { Route } from "./+types/settings";

export const middleware = [pageQuery(api.pages.settings)];

export const meta: Route.MetaFunction = () => [{ title: "Settings · Mosaic" }];

export async function loader(args: Route.LoaderArgs) {
  await requirePage(args);
  return null;
}

export async function action({ request, context }: Route.ActionArgs) {
  return saveTheme(request, context.get(requestContext), "/settings");
}

export default function Settings() {
  const failure = useActionData<typeof action>();
  const { theme, setTheme } = useTheme();
  return (
    <Page title="Settings" narrow>
      <Card title="Appearance" intro="It follows you to every browser you sign in with.">
        {failure?.message || failure?.errors.theme ? (
          <Notice kind="alert">{failure.message ?? failure.errors.theme}</Notice>
        ) : null}
        <Form method="post" className="theme-form">
          <ThemePicker value={theme} onSelect={setTheme} />
          <noscript>
            <Button>Save</Button>
          </noscript>
        </Form>
      </Card>
    </Page>
  );
}

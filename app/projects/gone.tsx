/** Shown in place of an open page whose project or agent is gone for the user. */
import { href } from "react-router";
import { ButtonLink } from "../ui/button.tsx";
import { Page } from "../ui/page.tsx";

/** @param what - What happened, in one sentence. */
export function Gone({ what }: { what: string }) {
  return (
    <Page title="Not found" narrow intro={what}>
      <p>
        <ButtonLink to={href("/dashboard")} look="primary">
          Go to the dashboard
        </ButtonLink>
      </p>
    </Page>
  );
}

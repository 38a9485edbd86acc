/** Replaces an open page after its project or agent was deleted, or the user lost access. */
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

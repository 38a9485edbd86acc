/** Home page for guests: introduction and sign-in link. */

import type { ReactNode } from "react";
import { href } from "react-router";
import { ButtonLink } from "./button.tsx";
import { PAGE_TITLE_ID } from "./page.tsx";

/**
 * Renders the content of `/` for guests, including `main`.
 *
 * @param children - The theme picker's form.
 */
export function GuestHome({ children }: { children?: ReactNode }) {
  return (
    <main
      id="main"
      tabIndex={-1}
      className="mx-auto flex w-full max-w-page flex-col gap-10 px-4 pt-10 pb-10 wide:px-6 wide:pt-20"
    >
      <div className="flex flex-col items-start gap-6">
        <div className="flex flex-col gap-3">
          <h1 id={PAGE_TITLE_ID} tabIndex={-1}>
            Welcome, guest!
          </h1>
          <p className="max-w-text text-large text-quiet">
            Sign in to see your dashboard, your profile and your settings.
          </p>
        </div>
        <ButtonLink to={href("/login")} look="primary">
          Sign in
        </ButtonLink>
      </div>
      {children ? <div className="border-t border-line pt-6">{children}</div> : null}
    </main>
  );
}

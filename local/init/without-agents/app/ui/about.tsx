/** About page, the same for every user and prerendered. */
import type { ReactNode } from "react";
import { Page } from "./page.tsx";

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** Renders the content of `/about`, including `main`. */
export function About() {
  return (
    <Page
      title="About Mosaic"
      narrow
      intro="Mosaic is an app with accounts. You see what happens to yours, and where you are signed in."
    >
      <Part title="How it works">
        <p>
          You sign in with WorkOS. Your session ends seven days after that, or at once when you sign out.
          Every page can be read and every form sent without JavaScript; with it, pages are live. Times are in
          your own time zone.
        </p>
      </Part>
      <Part title="What it keeps of you">
        <p>
          Your name, e-mail and picture as your team’s sign-in gives them, the theme and time zone that you
          choose, and for 400 days when you signed in, from which address and with which browser. No other
          site is told that you were here.
        </p>
      </Part>
    </Page>
  );
}

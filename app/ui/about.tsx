/** About page, the same for every user and prerendered. */
import type { ReactNode } from "react";
import { GuideLink } from "./guide-link.tsx";
import { Page } from "./page.tsx";
import { SampleField } from "./sample-field.tsx";
import { StateLegend } from "./state-legend.tsx";

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
      intro="Mosaic shows a team what its agents are doing, now, and lets in exactly the right people."
    >
      <Part title="What it does">
        <SampleField />
        <p>
          Each agent is a tile, and each project a field of tiles. Agents report metrics and what they are
          doing: by HTTP, or with OpenTelemetry. You see at once which of them failed, fell silent or wait for
          you, with a chart of each metric over an hour to 90 days.
        </p>
        <p>
          You need not watch. Rules tell you by email, Slack or webhook when an agent needs attention or a
          metric crosses a value, once, and once more when it is over.
        </p>
        <p>
          Mosaic learns how often each agent reports, so a nightly one is not called silent at noon. When
          Mosaic itself was down, it says so, and blames no agent.
        </p>
        <p>
          {"The "}
          <GuideLink>guide for those who run agents</GuideLink>
          {" has the details."}
        </p>
      </Part>
      <Part title="How to read a tile">
        <StateLegend />
      </Part>
      <Part title="How it works">
        <p>
          An agent sends its metrics with a project’s key. They are kept, added up, and shown in every open
          tab within a second. Times are in your own time zone.
        </p>
        <p>
          You sign in with WorkOS. Your session ends seven days after that, or at once when you sign out.
          Every page can be read and every form sent without JavaScript; with it, pages are live.
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

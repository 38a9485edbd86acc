// What Mosaic is, in a page that is the same for everyone and is built once.

import { Page } from "./page.tsx";
import type { TileState } from "./tile-state.ts";

const STATES: readonly { state: TileState; name: string; meaning: string }[] = [
  { state: "fresh", name: "Fresh", meaning: "A metric came within the last 2 minutes. The tile is full." },
  { state: "quiet", name: "Quiet", meaning: "The last one came within 15 minutes. The tile is outlined." },
  { state: "silent", name: "Silent", meaning: "Longer than that, or never. The tile is dashed." },
];

/** The content of `/about`, its `main` included. */
export function About() {
  return (
    <Page
      title="About Mosaic"
      narrow
      intro="Mosaic shows a team what its agents are doing, now, and lets in exactly the right people."
    >
      <h2 className="text-large">How to read a tile</h2>
      <dl className="flex flex-col gap-3">
        {STATES.map(({ state, name, meaning }) => (
          <div key={state} className="flex items-baseline gap-3">
            <span className="mark" data-state={state} aria-hidden="true" />
            <div>
              <dt className="font-strong">{name}</dt>
              <dd className="text-quiet">{meaning}</dd>
            </div>
          </div>
        ))}
      </dl>
      <h2 className="text-large">How it works</h2>
      <p>
        An agent sends its metrics with a project’s key. They are kept, added up, and shown in every open tab
        within a second. Times are in your own time zone.
      </p>
      <p>
        You sign in with WorkOS. Your session ends seven days after that, or at once when you sign out. Every
        page can be read and every form sent without JavaScript; with it, pages are live.
      </p>
      <h2 className="text-large">What it keeps of you</h2>
      <p>
        Your name, e-mail and picture as your team’s sign-in gives them, and the theme and time zone that you
        choose. No other site is told that you were here.
      </p>
    </Page>
  );
}

// Whether what one sees is live. A quiet dot while it is; words when it is not.

import { isStale, type LiveState } from "./live-state.ts";

const LOOK: Record<LiveState, { words: string; mark: string }> = {
  connecting: { words: "Connecting", mark: "" },
  live: { words: "Live", mark: "fresh" },
  offline: { words: "Offline", mark: "silent" },
  unavailable: { words: "Live data is unavailable", mark: "quiet" },
};

/**
 * Said politely when it changes, without being a `status`: that role is for what the person did.
 *
 * @param since - When the data shown was last right (`12:04`), for the states in which it may be old.
 */
export function LiveMark({ state, since }: { state: LiveState; since?: string | undefined }) {
  const { words, mark } = LOOK[state];
  return (
    <span aria-live="polite" className="inline-flex items-center gap-2 text-small text-quiet">
      <span className="mark" data-state={mark} aria-hidden="true" />
      <span>{words}</span>
      {since && isStale(state) ? <span>{`as of ${since}`}</span> : null}
    </span>
  );
}

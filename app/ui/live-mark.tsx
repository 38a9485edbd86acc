/** Connection state: a dot while live, a text otherwise. */
import { isStale, type LiveState } from "./live-state.ts";

const LOOK: Record<LiveState, { words: string; mark: string }> = {
  connecting: { words: "Connecting", mark: "" },
  live: { words: "Live", mark: "fresh" },
  offline: { words: "Offline", mark: "silent" },
  unavailable: { words: "Live data is unavailable", mark: "silent" },
};

/**
 * Renders the connection state. Changes are announced politely, without the role `status`, which is reserved
 * for results of user actions.
 *
 * @param since - When the data was last known to be current (`12:04`), shown while it may be stale.
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

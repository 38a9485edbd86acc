/** Legend of the three tile states. */
import type { TileState } from "./tile-state.ts";

const STATES: readonly { state: TileState; name: string; meaning: string }[] = [
  { state: "fresh", name: "Fresh", meaning: "A full tile: a metric came within the last 2 minutes." },
  { state: "quiet", name: "Quiet", meaning: "Outlined: the last one came within 15 minutes." },
  { state: "silent", name: "Silent", meaning: "Dashed: longer ago than that, or never." },
];

/**
 * Renders the legend.
 *
 * @param across - Shows the states in columns on wide screens.
 */
export function StateLegend({ across = false }: { across?: boolean }) {
  return (
    <dl className={across ? "grid gap-6 wide:grid-cols-3" : "grid gap-4"}>
      {STATES.map(({ state, name, meaning }) => (
        <div key={state}>
          <dt className="flex items-baseline gap-3 font-strong">
            <span className="mark" data-state={state} aria-hidden="true" />
            <span>{name}</span>
          </dt>
          <dd className="pl-5.5 text-quiet">{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}

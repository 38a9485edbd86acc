/** Legend of the health of agents. */
import type { Health } from "../../convex/model/health.ts";

const STATES: readonly { health: Health; name: string; meaning: string }[] = [
  { health: "failed", name: "Failed", meaning: "Crossed: the agent said that it failed." },
  { health: "silent", name: "Silent", meaning: "Dashed: nothing came for much longer than usual." },
  { health: "waiting", name: "Waiting", meaning: "Pointed: the agent waits for a person." },
  { health: "quiet", name: "Quiet", meaning: "Outlined: a little later than usual." },
  { health: "fresh", name: "Fresh", meaning: "Full: the agent works and reports." },
  { health: "done", name: "Done", meaning: "Hollow: the agent has finished." },
  { health: "muted", name: "Muted", meaning: "A bar: someone muted the agent for a while." },
];

/** Renders the legend. */
export function StateLegend() {
  return (
    <dl className="grid gap-4">
      {STATES.map(({ health, name, meaning }) => (
        <div key={health}>
          <dt className="flex items-baseline gap-3 font-strong">
            <span className="mark" data-state={health} aria-hidden="true" />
            <span>{name}</span>
          </dt>
          <dd className="pl-5.5 text-quiet">{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}

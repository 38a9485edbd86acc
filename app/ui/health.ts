/** Words for the health of agents, and counts of it. */
import { HEALTHS, type Health } from "../../convex/model/health.ts";

export const HEALTH_WORDS: Readonly<Record<Health, string>> = {
  failed: "Failed",
  silent: "Silent",
  waiting: "Waiting",
  quiet: "Quiet",
  fresh: "Fresh",
  done: "Done",
  muted: "Muted",
};

/** Returns how many agents have each health, worst first. Leaves out what no agent has. */
export function countHealths(agents: readonly { health: Health }[]): { health: Health; count: number }[] {
  const counts = new Map<Health, number>();
  for (const { health } of agents) counts.set(health, (counts.get(health) ?? 0) + 1);
  return HEALTHS.flatMap((health) => {
    const count = counts.get(health);
    return count === undefined ? [] : [{ health, count }];
  });
}

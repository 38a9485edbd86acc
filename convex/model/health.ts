/**
 * Health of an agent, computed from time: by pages, by the API and by Convex.
 */
import { MINUTE_MS } from "./intervals.ts";

export const STATES = ["working", "waiting", "done", "failed"] as const;

/** The state that an agent reports. */
export type State = (typeof STATES)[number];

/** All values of health, in the order in which agents are listed. */
export const HEALTHS = ["failed", "silent", "waiting", "quiet", "fresh", "done", "muted"] as const;

export type Health = (typeof HEALTHS)[number];

/** What health depends on. Times are Unix ms; `everyMs` is the expected interval between reports. */
export type Signs = {
  state: State | null;
  lastSeenAt: number;
  everyMs: number | null;
  mutedUntil: number | null;
};

/** A time in which reports could not arrive or were not judged. Unix ms. */
export type Outage = { from: number; to: number };

/**
 * Returns the outages that count for a project, oldest first.
 *
 * @param restoredAt - When the project was last restored, if ever: its agents are judged from then on.
 */
export function outagesSince(outages: readonly Outage[], restoredAt: number | undefined): readonly Outage[] {
  if (restoredAt === undefined) return outages;
  return [{ from: 0, to: restoredAt }, ...outages.filter(({ to }) => to > restoredAt)];
}

/** Returns how long an agent may not report before it is silent, in ms. */
export function toleranceOf({ everyMs }: Pick<Signs, "everyMs">): number {
  return Math.max(15 * MINUTE_MS, 2.5 * (everyMs ?? 0));
}

/**
 * Returns the time after which an agent is silent, if it does not report before; null if it never becomes
 * silent by itself. Ignores muting.
 *
 * @param outages - Outages, oldest first. If an agent was not silent when one began, the time since it was
 *   last seen counts from the end.
 */
export function silentAfter(
  { state, lastSeenAt, everyMs }: Omit<Signs, "mutedUntil">,
  outages: readonly Outage[] = [],
): number | null {
  if (state === "failed") return null;
  if ((state === "done" || state === "waiting") && everyMs === null) return null;
  return unseenSince({ lastSeenAt, everyMs }, outages) + toleranceOf({ everyMs });
}

/** Returns from when on the time counts in which an agent was not seen, in Unix ms. */
function unseenSince(signs: Pick<Signs, "lastSeenAt" | "everyMs">, outages: readonly Outage[]): number {
  const tolerance = toleranceOf(signs);
  return outages.reduce(
    (seen, { from, to }) => (seen + tolerance < from ? seen : Math.max(seen, to)),
    signs.lastSeenAt,
  );
}

/**
 * Returns the health of an agent. The first rule that applies decides.
 *
 * @param now - The server's time in Unix ms.
 * @param outages - Outages, oldest first.
 */
export function healthOf(signs: Signs, now: number, outages: readonly Outage[] = []): Health {
  const { state, everyMs, mutedUntil } = signs;
  if (mutedUntil !== null && now < mutedUntil) return "muted";
  if (state === "failed") return "failed";
  const limit = silentAfter(signs, outages);
  if (limit !== null && now > limit) return "silent";
  if (state === "done" || state === "waiting") return state;
  const quietAfterMs = Math.max(2 * MINUTE_MS, 1.5 * (everyMs ?? 0));
  return now > unseenSince(signs, outages) + quietAfterMs ? "quiet" : "fresh";
}

/** Returns whether a user should look at an agent. */
export function needsAttention(health: Health): boolean {
  return health === "failed" || health === "silent" || health === "waiting";
}

/** What a list of projects shows without reading the agents. */
export type AgentsSummary = {
  agents: number;
  failed: number;
  waiting: number;
  muted: number;
  /** The earliest time at which an agent becomes silent that is neither muted nor failed. */
  nextSilentAt: number | null;
};

/**
 * Counts the agents of a project.
 *
 * @param now - The server's time in Unix ms, for agents whose muting has ended.
 * @param outages - Outages, oldest first.
 */
export function summarize(
  agents: readonly Signs[],
  now: number,
  outages: readonly Outage[] = [],
): AgentsSummary {
  const summary: AgentsSummary = {
    agents: agents.length,
    failed: 0,
    waiting: 0,
    muted: 0,
    nextSilentAt: null,
  };
  for (const signs of agents) {
    if (signs.mutedUntil !== null && now < signs.mutedUntil) {
      summary.muted += 1;
      continue;
    }
    if (signs.state === "failed") summary.failed += 1;
    if (signs.state === "waiting") summary.waiting += 1;
    const limit = silentAfter(signs, outages);
    if (limit !== null) summary.nextSilentAt = Math.min(summary.nextSilentAt ?? limit, limit);
  }
  return summary;
}

/** States of demo agents: each repeats its phases, or works once a night. */

export type Phase = { state: "working" | "waiting" | "done" | "failed"; seconds: number; message?: string };

/** A status for the ingestion API; `at` is Unix ms. */
export type Status = { agent: string; state: Phase["state"]; message?: string; at: number };

/** An agent with states. Without phases it reports only metrics. */
type Stateful = { agent: string; phases?: readonly Phase[]; nightly?: Nightly };

/** When an agent works each night (the hour in UTC), for how long, and its message. */
export type Nightly = { hour: number; minutes: number; works: string; finished: string };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far back the states of phases are reported at the start. */
const PHASES_SINCE = 2 * HOUR;
const NIGHTS = 6;

/** Returns the phase of an agent at a time, and when it began; null without phases. */
function phaseAt({ phases = [] }: Stateful, at: number): { phase: Phase; since: number } | null {
  const cycle = phases.reduce((sum, { seconds }) => sum + seconds * 1000, 0);
  if (cycle === 0) return null;
  let since = Math.floor(at / cycle) * cycle;
  for (const phase of phases) {
    if (at < since + phase.seconds * 1000) return { phase, since };
    since += phase.seconds * 1000;
  }
  return null;
}

/** Returns whether an agent sends metrics at a time: while it waits or has finished it does nothing. */
export function isWorking(agent: Stateful, at: number): boolean {
  const { nightly } = agent;
  if (nightly !== undefined) return (at - nightly.hour * HOUR) % DAY < nightly.minutes * MINUTE;
  return (phaseAt(agent, at)?.phase.state ?? "working") === "working";
}

/**
 * Returns the states that an agent has entered in a span of time, in order.
 *
 * @param after - Unix ms, exclusive.
 * @param until - Unix ms, inclusive.
 */
export function statesBetween(agent: Stateful, after: number, until: number): Status[] {
  return [...phasesBetween(agent, after, until), ...nightsBetween(agent, after, until)];
}

function phasesBetween(agent: Stateful, after: number, until: number): Status[] {
  const found: Status[] = [];
  for (let at = until; at > after; ) {
    const now = phaseAt(agent, at);
    if (now === null || now.since <= after) break;
    const { state, message } = now.phase;
    found.push({ agent: agent.agent, state, at: now.since, ...(message !== undefined && { message }) });
    at = now.since - 1;
  }
  return found.reverse();
}

function nightsBetween({ agent, nightly }: Stateful, after: number, until: number): Status[] {
  if (nightly === undefined) return [];
  const { hour, minutes, works, finished } = nightly;
  const found: Status[] = [];
  for (let day = Math.floor(after / DAY) * DAY; day <= until; day += DAY) {
    const start = day + hour * HOUR;
    found.push(
      { agent, state: "working", message: works, at: start },
      { agent, state: "done", message: finished, at: start + minutes * MINUTE },
    );
  }
  return found.filter(({ at }) => at > after && at <= until);
}

/** Returns the states that an agent reports when the demo starts: of the last hours, or of the last nights. */
export function pastStates(agents: readonly Stateful[], now: number): Status[] {
  return agents.flatMap((agent) =>
    statesBetween(agent, now - (agent.nightly === undefined ? PHASES_SINCE : NIGHTS * DAY), now),
  );
}

/** Demo agents: each sends metrics and its states at its own interval until it is stopped. */
import { setTimeout as pause } from "node:timers/promises";
import { type DemoAgent, metricsAt } from "./figures.ts";
import { RejectedMetricsError, send, type Target } from "./send.ts";
import { statesBetween } from "./states.ts";

/**
 * Sends metrics until `signal` aborts. If the server is unreachable, it logs that once and keeps retrying.
 *
 * @throws {RejectedMetricsError} when the API key is wrong or has been revoked.
 */
export async function keepSending(
  target: Target,
  agents: readonly DemoAgent[],
  { signal, log }: { signal: AbortSignal; log: (line: string) => void },
): Promise<void> {
  const intervals = new Set(agents.map(({ every }) => every).filter((every) => every > 0));
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  try {
    await Promise.all(
      [...intervals].map((every) =>
        sendEvery(
          target,
          agents.filter((agent) => agent.every === every),
          every,
          either,
          log,
        ),
      ),
    );
  } catch (error) {
    stop.abort();
    if (!signal.aborted) throw error;
  }
}

async function sendEvery(
  target: Target,
  agents: DemoAgent[],
  every: number,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  let away = false;
  let reportedUntil = Date.now();
  for (;;) {
    try {
      const now = Date.now();
      const statuses = agents.flatMap((agent) => statesBetween(agent, reportedUntil, now));
      await send(target, metricsAt(agents, now), signal, statuses);
      reportedUntil = now;
      if (away) log("The agents are heard again.");
      away = false;
    } catch (error) {
      if (signal.aborted || error instanceof RejectedMetricsError) throw error;
      if (!away) log(`${(error as Error).message} The agents keep trying.`);
      away = true;
    }
    await pause(every * 1000, undefined, { signal });
  }
}

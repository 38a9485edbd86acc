/** Agents that keep sending, each in its own rhythm, until they are told to stop. */
import { setTimeout as pause } from "node:timers/promises";
import { type DemoAgent, metricsAt } from "./figures.ts";
import { RefusedMetrics, send, type Target } from "./send.ts";

/**
 * Sends for ever; resolves when `signal` aborts. A server that is away is only told of, once, and tried again.
 *
 * @throws {RefusedMetrics} when the key is wrong or has been revoked.
 */
export async function keepSending(
  target: Target,
  agents: readonly DemoAgent[],
  { signal, log }: { signal: AbortSignal; log: (line: string) => void },
): Promise<void> {
  const rhythms = new Set(agents.map(({ every }) => every).filter((every) => every > 0));
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  try {
    await Promise.all(
      [...rhythms].map((every) =>
        inRhythm(
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

async function inRhythm(
  target: Target,
  agents: DemoAgent[],
  every: number,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  let away = false;
  for (;;) {
    try {
      await send(target, metricsAt(agents, Date.now()), signal);
      if (away) log("The agents are heard again.");
      away = false;
    } catch (error) {
      if (signal.aborted || error instanceof RefusedMetrics) throw error;
      if (!away) log(`${(error as Error).message} The agents keep trying.`);
      away = true;
    }
    await pause(every * 1000, undefined, { signal });
  }
}

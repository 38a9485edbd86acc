/** Readiness check of the services that the launcher starts. */
import { setTimeout as pause } from "node:timers/promises";

const RETRY_MS = 100;
const ATTEMPT_MS = 10_000;

/** Requests the address until it responds with a status below 500. Rejects when `signal` aborts. */
export async function untilAnswers(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (await answers(url, signal)) return;
    await pause(RETRY_MS, undefined, { signal });
  }
}

async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const response = await fetch(url, {
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]),
    });
    await response.arrayBuffer(); // workerd would log an error about a cancelled response
    return response.status < 500;
  } catch {
    return false;
  }
}

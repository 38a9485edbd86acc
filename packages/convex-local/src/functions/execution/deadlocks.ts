/**
 * Detects actions that wait for a promise that nothing can settle. Such a promise is garbage, and so is the suspended
 * function that waits for it: its collection proves the deadlock. Convex would wait for the time limit of ten minutes.
 */
import { collectGarbage } from "../../limits/memory.ts";
import { realClearTimeout, realSetTimeout } from "../isolate/globals.ts";

/** When the garbage is collected first, in ms after the start. The wait doubles each time. */
const FIRST_CHECK_MS = 2000;

const deadlocks = new FinalizationRegistry<() => void>((report) => report());

/**
 * Runs work and watches it.
 *
 * @param work - The work. Only what can settle it may refer to it.
 * @param report - Called when nothing can settle the work any more.
 */
export function watchForDeadlock<T>(work: () => Promise<T>, report: () => void): Promise<T> {
  let timer: NodeJS.Timeout;
  const check = (wait: number): void => {
    timer = realSetTimeout(() => {
      collectGarbage();
      check(wait * 2);
    }, wait);
  };
  check(FIRST_CHECK_MS);
  return suspended(work, () => {
    realClearTimeout(timer);
    report();
  }).finally(() => realClearTimeout(timer));
}

/** Waits for work. Its frame holds a token that is collected with it. */
async function suspended<T>(work: () => Promise<T>, report: () => void): Promise<T> {
  const token = {};
  deadlocks.register(token, report, token);
  try {
    return await work();
  } finally {
    deadlocks.unregister(token);
  }
}

/** The test files' side of the pool of stacks. Apart from the pool, so that a worker does not load both emulators. */
import type { Stack } from "./stack.ts";

declare module "vitest" {
  interface ProvidedContext {
    stackPool: string;
  }
}

/** What the pool answers. */
export type Taken = { id: number; appUrl: string; workosUrl: string; convexUrl: string; browserUrl: string };
/** What a test file may ask of a stack that it has taken. */
export type Action = "stopConvex" | "startConvex" | "setLine" | "release";

/**
 * Takes a new or a reset stack from the pool.
 *
 * @param pool - The pool's URL, which vitest provides as `stackPool`.
 * @returns The stack, its browser's URL, and a function that returns it to the pool.
 * @throws {Error} when the stack cannot be started.
 */
export async function takeStack(
  pool: string,
): Promise<Stack & { browserUrl: string; release(): Promise<void> }> {
  const ask = async (path: string) => {
    const response = await fetch(`${pool}/${path}`, { method: "POST" });
    if (!response.ok) throw new Error(`The pool of stacks answered: ${await response.text()}`);
    const taken: Taken = await response.json();
    return taken;
  };
  const { id, ...addresses } = await ask("take");
  const act = (action: Action) => async () => void (await ask(`${id}/${action}`));
  return {
    ...addresses,
    stopConvex: act("stopConvex"),
    startConvex: act("startConvex"),
    setLine: async (mode) => void (await ask(`${id}/setLine/${mode}`)),
    release: act("release"),
  };
}

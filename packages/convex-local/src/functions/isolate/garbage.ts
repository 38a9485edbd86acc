/** Garbage collection of this thread. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | null = null;

/** Collects all garbage. Blocks the thread. */
export function collectGarbage(): void {
  collect ??= collector();
  collect();
}

/** Returns the function that collects garbage. V8 offers it only to contexts that are created with this flag. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}

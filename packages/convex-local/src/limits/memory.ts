/**
 * Memory of one call: what the heap and the array buffers of the thread have grown by since it began. Garbage does not
 * count, so a growth above the limit is measured again after a collection.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { LIMITS, OUT_OF_MEMORY } from "./limits.ts";

type Memory = { heap: number; buffers: number };

/** The memory of the thread when the last call ended. Measuring it again when the next one begins would cost time. */
let last: Memory = measure();

/** Measures one call. */
export class CallMemory {
  readonly #before = last;

  /** @throws {Error} when the call holds more memory than the limit. */
  check(): void {
    last = measure();
    if (!this.#exceeds(last)) return;
    collectGarbage();
    last = measure();
    if (this.#exceeds(last)) throw new Error(OUT_OF_MEMORY);
  }

  /** The limit applies to the heap and to array buffers separately, as in Convex. */
  #exceeds({ heap, buffers }: Memory): boolean {
    return (
      heap - this.#before.heap > LIMITS.memoryBytes || buffers - this.#before.buffers > LIMITS.memoryBytes
    );
  }
}

function measure(): Memory {
  const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
  return { heap, buffers };
}

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

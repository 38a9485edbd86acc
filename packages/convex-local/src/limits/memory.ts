/**
 * Memory of one call: what the heap and the array buffers of the thread have grown by since it began. Garbage does not
 * count, so a growth above the limit is measured again after a collection.
 */
import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { LIMITS, OUT_OF_MEMORY } from "./limits.ts";

let collect: (() => void) | null = null;

/** Measures one call. */
export class CallMemory {
  readonly #before = getHeapStatistics();

  /** @throws {Error} when the call holds more memory than the limit. */
  check(): void {
    if (!this.#exceeds()) return;
    collect ??= collector();
    collect();
    if (this.#exceeds()) throw new Error(OUT_OF_MEMORY);
  }

  /** The limit applies to the heap and to array buffers separately, as in Convex. */
  #exceeds(): boolean {
    const { used_heap_size: heap, external_memory: buffers } = getHeapStatistics();
    const { used_heap_size: heapBefore, external_memory: buffersBefore } = this.#before;
    return heap - heapBefore > LIMITS.memoryBytes || buffers - buffersBefore > LIMITS.memoryBytes;
  }
}

/** Returns the function that collects garbage. V8 offers it only to contexts that are created with this flag. */
function collector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc");
}

/**
 * Reads one snapshot: the newest state of the store through a layer. Adds everything to the read set and counts it
 * against Convex's limits for one function call.
 */
import type { Document } from "../values/document.ts";
import { afterPrefix, encodeValue, type Key } from "../values/key.ts";
import { LIMITS } from "../values/limits.ts";
import type { Catalog, Index, Table } from "./catalog.ts";
import type { Layer } from "./layer.ts";
import type { ReadSet } from "./read-set.ts";
import type { Entry, Order, Store } from "./store.ts";

export type Usage = {
  documentsRead: number;
  bytesRead: number;
  documentsWritten: number;
  bytesWritten: number;
  ranges: number;
  scheduled: number;
  scheduledBytes: number;
};

export function newUsage(): Usage {
  return {
    documentsRead: 0,
    bytesRead: 0,
    documentsWritten: 0,
    bytesWritten: 0,
    ranges: 0,
    scheduled: 0,
    scheduledBytes: 0,
  };
}

/** Reads one snapshot. */
export class Reader {
  readonly catalog: Catalog;
  readonly reads: ReadSet;
  readonly usage: Usage;
  readonly #store: Store;
  readonly #layer: Layer;

  constructor(store: Store, catalog: Catalog, layer: Layer, reads: ReadSet, usage: Usage) {
    this.#store = store;
    this.catalog = catalog;
    this.#layer = layer;
    this.reads = reads;
    this.usage = usage;
  }

  /** Increases with every write that this reader sees, so that buffered rows can be detected as outdated. */
  get version(): number {
    return this.#layer.version;
  }

  /** Returns the document with this id, or null. `table` is the table of the id. */
  get(table: Table, id: string): Document | null {
    const key = encodeValue(id);
    this.reads.add(table.byId, key, afterPrefix(key));
    const change = this.#layer.get(id);
    const document = change ? change.seen : this.#store.find(table.byId.id, key);
    this.countRange();
    if (document) this.countRead(document);
    return document;
  }

  /**
   * Returns up to `limit` entries of a range, in order. Does not add them to the read set and does not count them,
   * because only the caller knows how many it uses.
   *
   * @returns Fewer than `limit` entries only at the end of the range.
   */
  scan(index: Index, low: Key, high: Key, order: Order, limit: number): Entry[] {
    if (low >= high || limit === 0) return [];
    const changed = this.#layer.entries(index, low, high);
    if (changed.length === 0) return this.#store.scan(index.id, low, high, order, limit);
    const hidden = new Set(changed.map(({ key }) => key));
    const stored = this.#store
      .scan(index.id, low, high, order, limit + changed.length)
      .filter(({ key }) => !hidden.has(key));
    const seen = changed.filter((entry): entry is Entry => entry.document !== null);
    const sign = order === "asc" ? 1 : -1;
    return [...stored, ...seen].sort((a, b) => (a.key < b.key ? -sign : sign)).slice(0, limit);
  }

  /** Returns the number of documents in a table. Adds the whole table to the read set. */
  count(table: Table): number {
    this.reads.add(table.byId, "", afterPrefix(""));
    let count = this.#store.count(table.byId.id);
    for (const change of this.#layer.changes()) {
      if (change.table !== table) continue;
      if (change.stored) count--;
      if (change.seen) count++;
    }
    return count;
  }

  countRead(document: Document): void {
    this.usage.documentsRead++;
    this.usage.bytesRead += document.json.length;
    if (this.usage.documentsRead > LIMITS.documentsRead) {
      throw new Error(
        `Too many documents read in a single function execution (limit: ${LIMITS.documentsRead}). Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective index range expressions.`,
      );
    }
    if (this.usage.bytesRead > LIMITS.bytesRead) {
      throw new Error(
        `Too many bytes read in a single function execution (limit: ${LIMITS.bytesRead} bytes). Consider using smaller limits in your queries, paginating your queries, or using indexed queries with a selective index range expressions.`,
      );
    }
  }

  countRange(): void {
    this.usage.ranges++;
    if (this.usage.ranges > LIMITS.indexRanges) {
      throw new Error(`Too many reads in a single function execution (limit: ${LIMITS.indexRanges}).`);
    }
  }
}

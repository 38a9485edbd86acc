/**
 * Reading one snapshot: the store's newest state seen through a layer. Everything read is noted in the read set, and
 * counted against the limits that Convex sets for one function call.
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

  /** Grows with every write that this reader sees; whoever holds rows read earlier compares it. */
  get version(): number {
    return this.#layer.version;
  }

  /** The document of this id, or null. `table` is the one that the id names. */
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
   * Up to `limit` entries of a range, in order. Neither noted nor counted: the caller knows how many it uses.
   * @returns fewer than `limit` only at the range's end
   */
  scan(index: Index, low: Key, high: Key, order: Order, limit: number): Entry[] {
    if (low >= high || limit === 0) return [];
    const over = this.#layer.entries(index, low, high);
    if (over.length === 0) return this.#store.scan(index.id, low, high, order, limit);
    const hidden = new Set(over.map(({ key }) => key));
    const stored = this.#store
      .scan(index.id, low, high, order, limit + over.length)
      .filter(({ key }) => !hidden.has(key));
    const seen = over.filter((entry): entry is Entry => entry.document !== null);
    const sign = order === "asc" ? 1 : -1;
    return [...stored, ...seen].sort((a, b) => (a.key < b.key ? -sign : sign)).slice(0, limit);
  }

  /** How many documents a table holds. Reads the whole table, as far as staleness is concerned. */
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

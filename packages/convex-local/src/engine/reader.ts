/**
 * Reads one snapshot: the newest state of the store through a layer. Adds everything to the read set and counts it
 * against Convex's limits for one function call.
 */
import { Usage } from "../limits/usage.ts";
import type { Document } from "../values/document.ts";
import { afterPrefix, encodeValue, type Key } from "../values/key.ts";
import type { Catalog, Index, Table } from "./catalog.ts";
import type { Layer } from "./layer.ts";
import { ReadSet } from "./read-set.ts";
import type { Entry, Order, Store } from "./store.ts";

/** Reads one snapshot. */
export class Reader {
  readonly catalog: Catalog;
  readonly reads: ReadSet;
  readonly usage: Usage;
  readonly #store: Store;
  readonly #layer: Layer;

  /**
   * @param store - The newest state.
   * @param catalog - Its tables.
   * @param layer - What differs from it.
   * @param counted - Another reader of the same call, whose read set and usage this one adds to.
   */
  constructor(store: Store, catalog: Catalog, layer: Layer, counted: Reader | null = null) {
    this.#store = store;
    this.catalog = catalog;
    this.#layer = layer;
    this.reads = counted?.reads ?? new ReadSet();
    this.usage = counted?.usage ?? new Usage(this.reads);
  }

  /** Increases with every write that this reader sees, so that buffered rows can be detected as outdated. */
  get version(): number {
    return this.#layer.version;
  }

  /** Returns the document with this id, or null. `table` is the table of the id. */
  get(table: Table, id: string): Document | null {
    const key = encodeValue(id);
    if (this.reads.add(table.byId, key, afterPrefix(key))) this.usage.checkRanges();
    const change = this.#layer.get(id);
    const document = change ? change.seen : this.#store.find(table.byId.id, key);
    if (document) this.usage.read(table, document);
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
    return this.size(table);
  }

  /** Returns the number of documents in a table, without adding it to the read set. */
  size(table: Table): number {
    let count = this.#store.count(table.byId.id);
    for (const change of this.#layer.changes()) {
      if (change.table !== table) continue;
      if (change.stored) count--;
      if (change.seen) count++;
    }
    return count;
  }
}

/**
 * Document versions that differ from those in the store: the writes of a transaction, or, for a query that began before
 * the newest commits, the versions that these commits replaced. Readers look into the layer first, then into the store.
 */
import type { Document } from "../values/document.ts";
import type { Key } from "../values/key.ts";
import type { Index, Table } from "./catalog.ts";
import { keysIn } from "./index-keys.ts";

/** One document: its version in the store and the version that readers see, each null if there is none. */
export type Change = { table: Table; id: string; stored: Document | null; seen: Document | null };

export type LayerEntry = { key: Key; document: Document | null };

/** Changes on top of the store. */
export class Layer {
  readonly #changes = new Map<string, Change>();
  readonly #indexes = new Map<Index, LayerIndex>();
  #version = 0;

  /** Increases with every change of the layer. */
  get version(): number {
    return this.#version;
  }

  changes(): Iterable<Change> {
    return this.#changes.values();
  }

  get(id: string): Change | undefined {
    return this.#changes.get(id);
  }

  /** Sets the version that readers see of one document. */
  set(change: Change): void {
    this.#version++;
    const before = this.#changes.get(change.id);
    this.#changes.set(change.id, change);
    for (const [index, entries] of this.#indexes) {
      if (index.table !== change.table) continue;
      if (before?.seen) for (const key of keysIn(index, before.seen)) entries.set(key, null);
      entries.add(index, change);
    }
  }

  /** Undoes a `set` of one document; `before` is undefined if the document had no change. */
  restore(id: string, before: Change | undefined): void {
    if (before) {
      this.set(before);
      return;
    }
    this.#version++;
    this.#changes.delete(id);
    this.#indexes.clear();
  }

  /** Returns the changed entries of a range of an index, in ascending order. A null document hides the store's entry. */
  entries(index: Index, low: Key, high: Key): LayerEntry[] {
    if (this.#changes.size === 0) return [];
    let entries = this.#indexes.get(index);
    if (!entries) {
      entries = new LayerIndex();
      for (const change of this.#changes.values()) {
        if (change.table === index.table) entries.add(index, change);
      }
      this.#indexes.set(index, entries);
    }
    return entries.range(low, high);
  }
}

/** Changed entries of one index, sorted by key. */
class LayerIndex {
  readonly #documents = new Map<Key, Document | null>();
  readonly #keys: Key[] = [];

  add(index: Index, { stored, seen }: Change): void {
    if (stored) for (const key of keysIn(index, stored)) this.set(key, null);
    if (seen) for (const key of keysIn(index, seen)) this.set(key, seen);
  }

  set(key: Key, document: Document | null): void {
    if (!this.#documents.has(key)) this.#keys.splice(lowerBound(this.#keys, key), 0, key);
    this.#documents.set(key, document);
  }

  range(low: Key, high: Key): LayerEntry[] {
    const found: LayerEntry[] = [];
    for (const key of this.#keys.slice(lowerBound(this.#keys, low), lowerBound(this.#keys, high))) {
      found.push({ key, document: this.#documents.get(key) ?? null });
    }
    return found;
  }
}

function lowerBound(keys: readonly Key[], key: Key): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] ?? key) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

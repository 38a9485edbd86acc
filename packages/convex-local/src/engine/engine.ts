/**
 * The database of one thread: snapshots to read from, one transaction at a time to write with, commits in groups.
 *
 * A commit is applied to SQLite's open transaction at once and seen by whatever begins after it; it counts as done, and
 * is told to anyone, only when `flush` has put its group on the disk. Queries that began earlier keep their snapshot:
 * each holds a layer of the versions that later commits replaced.
 */
import { setImmediate } from "node:timers";
import { CommitTsPlaceholder, type Value } from "convex/values";
import { Document, type DocumentValue } from "../values/document.ts";
import type { Key } from "../values/key.ts";
import { Catalog } from "./catalog.ts";
import { keysIn } from "./index-keys.ts";
import { type Change, Layer } from "./layer.ts";
import { ReadSet } from "./read-set.ts";
import { newUsage, Reader } from "./reader.ts";
import { Store } from "./store.ts";
import { Subscriptions, type WrittenKey } from "./subscription-index.ts";
import { Transaction } from "./transaction.ts";

/** How long a past snapshot can be asked for by its timestamp, and how many commits and bytes are kept for that. */
const HISTORY_MS = 30_000;
const HISTORY_COMMITS = 2000;
const HISTORY_BYTES = 4 << 20;

/** Creation times grow by at least this, in ms: exact in a double for the next centuries. */
const CREATION_STEP = 1 / 1024;

/** One state of the database. `close` it, or commits go on keeping what it might still read. */
export type Snapshot = { readonly ts: bigint; readonly layer: Layer; close(): void };

export type MutationAnswer = { session: string; request: number; value: string; logLines: string[] };

export type CommitListener = (ts: bigint, stale: number[]) => void;

/** A commit that a snapshot may still have to look behind. */
export type Commit = { ts: bigint; at: number; changes: Change[]; written: WrittenKey[]; bytes: number };

export class Engine {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly subscriptions = new Subscriptions();
  readonly #now: () => number;
  readonly #snapshots = new Set<{ ts: bigint; layer: Layer }>();
  #history: Commit[] = [];
  #historyBytes = 0;
  #ts: bigint;
  /** No commit after this one is forgotten. */
  #forgotten: bigint;
  #creationTime: number;
  #untold: { ts: bigint; stale: number[] }[] = [];
  #waiting: (() => void)[] = [];
  #flushAt: NodeJS.Immediate | null = null;
  #onCommit: CommitListener = () => {};

  /** @param now Unix ms */
  constructor(file: string, now: () => number) {
    this.#now = now;
    this.store = new Store(file);
    this.catalog = new Catalog(this.store);
    this.#ts = BigInt(this.store.meta("ts") ?? "0");
    this.#forgotten = this.#ts;
    this.#creationTime = Number(this.store.meta("creationTime") ?? "0");
  }

  /** Timestamp of the newest commit, in Unix nanoseconds or later. */
  get ts(): bigint {
    return this.#ts;
  }

  onCommit(listener: CommitListener): void {
    this.#onCommit = listener;
  }

  /** The newest state, or that of an earlier moment. @throws Error when that is too long ago */
  snapshot(at: bigint = this.#ts): Snapshot {
    const layer = new Layer();
    if (at < this.#ts) {
      if (at < this.#forgotten) throw new Error("The timestamp is too old.");
      for (const commit of this.commitsSince(at)) {
        for (const change of commit.changes) hide(layer, change);
      }
    }
    const held = { ts: at < this.#ts ? at : this.#ts, layer };
    this.#snapshots.add(held);
    return { ...held, close: () => this.#snapshots.delete(held) };
  }

  reader(snapshot: Snapshot): Reader {
    return new Reader(this.store, this.catalog, snapshot.layer, new ReadSet(), newUsage());
  }

  /** A transaction over the newest state. Only one may be open at a time; the caller sees to that. */
  begin(): Transaction {
    const layer = new Layer();
    return new Transaction(
      new Reader(this.store, this.catalog, layer, new ReadSet(), newUsage()),
      layer,
      this,
    );
  }

  nextCreationTime(): number {
    const now = this.#now();
    this.#creationTime = now > this.#creationTime ? now : this.#creationTime + CREATION_STEP;
    return this.#creationTime;
  }

  /**
   * Applies a transaction's writes, and the answer to remember with them. Not yet durable: see `durable`.
   * @param answerAt what to remember of the answer, which may hold the commit's timestamp
   * @returns the commit's timestamp; for a transaction that wrote nothing, the newest one
   */
  commit(transaction: Transaction, answerAt: (ts: bigint) => MutationAnswer | null = () => null): bigint {
    const changes = [...transaction.layer.changes()].filter(({ stored, seen }) => stored !== seen);
    const ts = changes.length === 0 ? this.#ts : this.nextTs();
    const answer = answerAt(ts);
    if (changes.length === 0 && !answer) return ts;
    this.store.begin();
    this.catalog.save();
    const written: WrittenKey[] = [];
    for (const change of changes) {
      change.seen = resolveCommitTs(change.seen, ts);
      this.#apply(change, written);
    }
    if (answer) this.store.insertAnswer(answer.session, answer.request, { ts, ...answer }, this.#now());
    if (changes.length > 0)
      this.#remember({ ts, at: this.#now(), changes, written, bytes: weightOf(changes) });
    this.#flushAt ??= setImmediate(() => this.flush());
    return ts;
  }

  /** Resolves when everything committed so far is on the disk. */
  durable(): Promise<void> {
    if (this.#flushAt === null) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Puts the open group on the disk, then tells of it. */
  flush(): void {
    if (this.#flushAt !== null) clearImmediate(this.#flushAt);
    this.#flushAt = null;
    this.store.begin();
    this.store.setMeta("ts", String(this.#ts));
    this.store.setMeta("creationTime", String(this.#creationTime));
    this.store.commit();
    const told = this.#untold;
    const waiting = this.#waiting;
    this.#untold = [];
    this.#waiting = [];
    for (const { ts, stale } of told) this.#onCommit(ts, stale);
    for (const resolve of waiting) resolve();
  }

  /** A timestamp of its own for something that changes what queries say without being a commit: new functions. */
  nextTs(): bigint {
    const now = BigInt(Math.floor(this.#now())) * 1_000_000n;
    this.#ts = now > this.#ts ? now : this.#ts + 1n;
    return this.#ts;
  }

  /** Commits after `ts`, oldest first. */
  commitsSince(ts: bigint): readonly Commit[] {
    const first = this.#history.findLastIndex((commit) => commit.ts <= ts) + 1;
    return this.#history.slice(first);
  }

  close(): void {
    this.flush();
    this.store.close();
  }

  #apply({ table, stored, seen }: Change, written: WrittenKey[]): void {
    const row = stored?.row ?? null;
    if (seen) {
      if (row === null) seen.row = this.store.insertDocument(seen.json);
      else {
        seen.row = row;
        this.store.updateDocument(row, seen.json);
      }
    } else if (row !== null) {
      this.store.deleteDocument(row);
    }
    for (const index of table.maintained) {
      const before: readonly Key[] = stored ? keysIn(index, stored) : [];
      const after: readonly Key[] = seen ? keysIn(index, seen) : [];
      for (const key of before) {
        written.push({ index, key });
        if (!after.includes(key)) this.store.deleteEntry(index.id, key);
      }
      for (const key of after) {
        if (before.includes(key)) continue;
        written.push({ index, key });
        this.store.insertEntry(index.id, key, seen?.row ?? 0);
      }
    }
  }

  #remember(commit: Commit): void {
    for (const { layer } of this.#snapshots) {
      for (const change of commit.changes) hide(layer, change);
    }
    this.#untold.push({ ts: commit.ts, stale: [...this.subscriptions.touchedBy(commit.written)] });
    this.#history.push(commit);
    this.#historyBytes += commit.bytes;
    const oldest = this.#oldestSnapshot();
    let drop = 0;
    for (const { ts, at, bytes } of this.#history) {
      const many = this.#history.length - drop > HISTORY_COMMITS || this.#historyBytes > HISTORY_BYTES;
      if ((!many && commit.at - at <= HISTORY_MS) || ts > oldest) break;
      this.#forgotten = ts;
      this.#historyBytes -= bytes;
      drop++;
    }
    if (drop > 0) this.#history = this.#history.slice(drop);
  }

  #oldestSnapshot(): bigint {
    let oldest = this.#ts;
    for (const { ts } of this.#snapshots) if (ts < oldest) oldest = ts;
    return oldest;
  }
}

/** About how much memory the changes hold. */
function weightOf(changes: readonly Change[]): number {
  return changes.reduce(
    (sum, { stored, seen }) => sum + (stored?.json.length ?? 0) + (seen?.json.length ?? 0) + 1000,
    0,
  );
}

/** Makes a snapshot's layer go on showing what a commit replaced. Commits come oldest first. */
function hide(layer: Layer, { table, id, stored, seen }: Change): void {
  const earlier = layer.get(id);
  layer.set({ table, id, stored: seen, seen: earlier ? earlier.seen : stored });
}

/** Unresolved commit timestamps become this commit's. */
function resolveCommitTs(document: Document | null, ts: bigint): Document | null {
  if (!document?.json.includes('"$commitTs":null')) return document;
  return Document.written(document.row, substitute(document.value as Value, ts) as DocumentValue);
}

/** The value with every unresolved commit timestamp replaced. */
export function substitute(value: Value | undefined, ts: bigint): Value | undefined {
  if (value instanceof CommitTsPlaceholder) return ts;
  if (Array.isArray(value)) return value.map((item) => substitute(item, ts) as Value);
  if (value === null || typeof value !== "object" || value instanceof ArrayBuffer) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, item]) => [field, substitute(item as Value, ts)]),
  ) as Value;
}

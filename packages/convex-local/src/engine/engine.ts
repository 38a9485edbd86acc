/**
 * The database: snapshots to read from, one transaction at a time to write with, and group commits.
 *
 * A commit is applied to the open SQLite transaction at once, and everything that begins after it sees it. It is
 * reported only after `flush` has written its group to the disk. Queries that began earlier keep their snapshot: a layer
 * holds the versions that later commits replaced.
 */
import { setImmediate } from "node:timers";
import { CommitTsPlaceholder, type Value } from "convex/values";
import { OpenReads } from "../conflicts/open-reads.ts";
import { asDocument, Document, isObject } from "../values/document.ts";
import type { Key } from "../values/key.ts";
import { Catalog } from "./catalog.ts";
import { keysIn } from "./index-keys.ts";
import { type Change, Layer } from "./layer.ts";
import { Reader } from "./reader.ts";
import { noteChange } from "./search-statistics.ts";
import type { Store } from "./store.ts";
import { SubscriptionIndex, type WrittenKey } from "./subscription-index.ts";
import { Transaction } from "./transaction.ts";

/** How long a past snapshot can be read by its timestamp, and how many commits and bytes are kept for that. */
const HISTORY_MS = 30_000;
const HISTORY_COMMITS = 2000;
const HISTORY_BYTES = 4 << 20;

/** The smallest difference of two creation times in ms: exact in a double for the next centuries. */
const CREATION_STEP = 1 / 1024;

/** One state of the database. Must be closed, because commits keep replaced versions for open snapshots. */
export type Snapshot = { readonly ts: bigint; readonly layer: Layer; close(): void };

export type MutationAnswer = { session: string; request: number; value: string; logLines: string[] };

export type CommitListener = (ts: bigint, stale: number[]) => void;

/** A recent commit, kept for snapshots that are older. */
export type Commit = { ts: bigint; at: number; changes: Change[]; written: WrittenKey[]; bytes: number };

/** The database in its data file. */
export class Engine {
  readonly store: Store;
  readonly catalog: Catalog;
  readonly subscriptions = new SubscriptionIndex();
  /** What mutations have read that commit later. */
  readonly openReads = new OpenReads();
  readonly #now: () => number;
  readonly #writing: <T>(work: () => T) => T;
  readonly #snapshots = new Set<{ ts: bigint; layer: Layer }>();
  #history: Commit[] = [];
  #historyBytes = 0;
  #ts: bigint;
  /** Commits up to this one are no longer in the history. */
  #forgotten: bigint;
  #creationTime: number;
  #unreported: { ts: bigint; stale: number[] }[] = [];
  #waiting: (() => void)[] = [];
  #flushAt: NodeJS.Immediate | null = null;
  #onCommit: CommitListener = () => {};
  #onFailure: (error: unknown) => void = (error) => {
    throw error;
  };

  /**
   * @param store - The open data file.
   * @param now - Returns the time in Unix milliseconds.
   * @param writing - Runs work that writes to the file, which can take long on a slow disk.
   */
  constructor(store: Store, now: () => number, writing: <T>(work: () => T) => T = (work) => work()) {
    this.#now = now;
    this.#writing = writing;
    this.store = store;
    this.catalog = new Catalog(store);
    this.#ts = BigInt(store.meta("ts") ?? "0");
    this.#forgotten = this.#ts;
    this.#creationTime = Number(store.meta("creationTime") ?? "0");
  }

  /** Timestamp of the newest commit: Unix nanoseconds, or later. */
  get ts(): bigint {
    return this.#ts;
  }

  get oldestTs(): bigint {
    return this.#forgotten;
  }

  onCommit(listener: CommitListener): void {
    this.#onCommit = listener;
  }

  /** Sets what is called when a group cannot be written. Memory and file differ then, so the engine is unusable. */
  onFailure(listener: (error: unknown) => void): void {
    this.#onFailure = listener;
  }

  /**
   * Opens a snapshot.
   *
   * @param at - The timestamp to read at, the newest by default.
   * @throws {Error} when the timestamp is no longer in the history.
   */
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
    return new Reader(this.store, this.catalog, snapshot.layer);
  }

  /**
   * Begins a transaction on the newest state. The caller ensures that only one runs at a time, and that one that commits
   * later has not read what commits in between wrote.
   */
  begin(): Transaction {
    const layer = new Layer();
    return new Transaction(new Reader(this.store, this.catalog, layer), layer, this);
  }

  nextCreationTime(): number {
    const now = this.#now();
    this.#creationTime = now > this.#creationTime ? now : this.#creationTime + CREATION_STEP;
    return this.#creationTime;
  }

  /**
   * Applies the writes of a transaction and stores its answer with them. Not durable until `durable` resolves.
   *
   * @param transaction - The transaction to commit.
   * @param answerAt - Returns the answer to store; it may contain the timestamp of the commit.
   * @param writer - The function that wrote, or null if the backend itself did.
   * @returns The timestamp of the commit, or the newest one if the transaction wrote nothing.
   */
  commit(
    transaction: Transaction,
    answerAt: (ts: bigint) => MutationAnswer | null = () => null,
    writer: string | null = null,
  ): bigint {
    const changes = [...transaction.layer.changes()].filter(({ stored, seen }) => stored !== seen);
    const ts = changes.length === 0 ? this.#ts : this.nextTs();
    const answer = answerAt(ts);
    if (changes.length === 0 && !answer) return ts;
    this.store.begin();
    this.catalog.save();
    const written: WrittenKey[] = [];
    this.#writing(() => {
      for (const change of changes) {
        change.seen = resolveCommitTs(change.seen, ts);
        this.#apply(change, written);
      }
    });
    this.openReads.note(written, writer);
    if (answer) this.store.insertAnswer(answer.session, answer.request, { ts, ...answer }, this.#now());
    if (changes.length > 0)
      this.#remember({ ts, at: this.#now(), changes, written, bytes: weightOf(changes) });
    this.#flushAt ??= setImmediate(() => this.#flushNow());
    return ts;
  }

  /** Resolves when all commits so far are on the disk. */
  durable(): Promise<void> {
    if (this.#flushAt === null) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Writes the open group to the disk, then reports its commits. */
  flush(): void {
    if (this.#flushAt !== null) clearImmediate(this.#flushAt);
    this.#flushAt = null;
    // On a full disk, nothing may be written that need not be.
    if (this.store.isOpen) {
      this.store.setMeta("ts", String(this.#ts));
      this.store.setMeta("creationTime", String(this.#creationTime));
      this.store.commit();
    }
    const unreported = this.#unreported;
    const waiting = this.#waiting;
    this.#unreported = [];
    this.#waiting = [];
    for (const { ts, stale } of unreported) this.#onCommit(ts, stale);
    for (const resolve of waiting) resolve();
  }

  #flushNow(): void {
    try {
      this.#writing(() => this.flush());
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /** Returns a new timestamp. Also used for changes that are not commits, such as new functions. */
  nextTs(): bigint {
    const now = BigInt(Math.floor(this.#now())) * 1_000_000n;
    this.#ts = now > this.#ts ? now : this.#ts + 1n;
    return this.#ts;
  }

  /** Returns the commits after `ts`, oldest first. Some are missing if `ts` is before `oldestTs`. */
  commitsSince(ts: bigint): readonly Commit[] {
    const first = this.#history.findLastIndex((commit) => commit.ts <= ts) + 1;
    return this.#history.slice(first);
  }

  close(): void {
    this.flush();
    this.store.close();
  }

  #apply({ table, id, stored, seen }: Change, written: WrittenKey[]): void {
    const row = stored?.row ?? null;
    if (seen) {
      if (row === null) seen.row = this.store.insertDocument(seen);
      else {
        seen.row = row;
        this.store.updateDocument(row, seen);
      }
    } else if (row !== null) {
      this.store.deleteDocument(row);
    }
    for (const index of table.maintained) {
      if (index.kind === "search") noteChange(index, stored, seen);
      const before: readonly Key[] = stored ? keysIn(index, stored) : [];
      const after: readonly Key[] = seen ? keysIn(index, seen) : [];
      for (const key of before) {
        written.push({ index, key, id });
        if (!after.includes(key)) this.store.deleteEntry(index.id, key);
      }
      for (const key of after) {
        if (before.includes(key)) continue;
        written.push({ index, key, id });
        this.store.insertEntry(index.id, key, seen?.row ?? 0);
      }
    }
  }

  #remember(commit: Commit): void {
    for (const { layer } of this.#snapshots) {
      for (const change of commit.changes) hide(layer, change);
    }
    this.#unreported.push({ ts: commit.ts, stale: [...this.subscriptions.touchedBy(commit.written)] });
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

/** Estimates the memory of the changes in bytes. */
function weightOf(changes: readonly Change[]): number {
  return changes.reduce(
    (sum, { stored, seen }) => sum + (stored?.json.length ?? 0) + (seen?.json.length ?? 0) + 1000,
    0,
  );
}

/** Adds the version that a commit replaced to the layer of a snapshot. Called with the oldest commit first. */
function hide(layer: Layer, { table, id, stored, seen }: Change): void {
  const earlier = layer.get(id);
  layer.set({ table, id, stored: seen, seen: earlier ? earlier.seen : stored });
}

/** Replaces unresolved commit timestamps with that of this commit. */
function resolveCommitTs(document: Document | null, ts: bigint): Document | null {
  if (!document?.json.includes('"$commitTs":null')) return document;
  return Document.written(document.row, asDocument(resolveTimestamps(document.value, ts)));
}

/** Returns the value with every unresolved commit timestamp replaced. */
export function resolveTimestamps(value: Value, ts: bigint): Value {
  if (value instanceof CommitTsPlaceholder) return ts;
  if (Array.isArray(value)) return value.map((item) => resolveTimestamps(item, ts));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, item]) => [field, item && resolveTimestamps(item, ts)]),
  );
}

/**
 * Queries of one client, and the Transitions between consistent states.
 *
 * Each answer is valid for a span of database time. A Transition is possible when one timestamp lies in all spans, so
 * the client always shows one snapshot.
 */
import type { FunctionCall, Timestamp } from "../backend.ts";
import { modificationText } from "./answer-text.ts";
import type { SharedSubscriptions } from "./shared-subscriptions.ts";
import {
  type AddQuery,
  BadMessageError,
  type MessageOf,
  type QueryId,
  type WireVersion,
} from "./socket-messages.ts";
import { needsRun, type Subscriber, type Subscription } from "./subscription.ts";
import { encodeTimestamp } from "./timestamp.ts";

/** After this many batches without a common timestamp, all queries run at one snapshot. */
const MAX_MISSES = 3;

type Version = { querySet: number; identity: number; ts: Timestamp };
type Watched = { query: AddQuery; subscription: Subscription; sent: string | null };

/** The queries of one client. */
export class QuerySet {
  readonly #subscriptions: SharedSubscriptions;
  readonly #subscriber: Subscriber;
  readonly #watched = new Map<QueryId, Watched>();
  readonly #removed: QueryId[] = [];
  /** Sent to the client. */
  #version: Version = { querySet: 0, identity: 0, ts: 0n };
  /** Requested by the client. */
  #asked = { querySet: 0, identity: 0 };
  /** Commit of a mutation that the next Transition must include. */
  #awaited: Timestamp | null = null;
  #misses = 0;

  constructor(subscriptions: SharedSubscriptions, subscriber: Subscriber) {
    this.#subscriptions = subscriptions;
    this.#subscriber = subscriber;
  }

  get identityVersion(): number {
    return this.#asked.identity;
  }

  get size(): number {
    return this.#watched.size;
  }

  /**
   * Adds and removes queries.
   *
   * @param message - The modifications.
   * @param call - Returns the call of a query with the current identity.
   * @throws {BadMessageError} when the client is based on another version.
   */
  modify(message: MessageOf<"ModifyQuerySet">, call: (query: AddQuery) => FunctionCall): void {
    if (message.baseVersion !== this.#asked.querySet || message.newVersion <= message.baseVersion) {
      throw new BadMessageError(
        `Base version ${message.baseVersion} passed up doesn't match the current version ${this.#asked.querySet}.`,
      );
    }
    this.#asked.querySet = message.newVersion;
    for (const modification of message.modifications) {
      if (modification.type === "Remove") this.#remove(modification.queryId);
      else this.#add(modification, call(modification));
    }
  }

  /** @throws {BadMessageError} when the client is based on another identity version. */
  checkIdentityBase(baseVersion: number): void {
    if (baseVersion === this.#asked.identity) return;
    throw new BadMessageError(
      `Base version ${baseVersion} passed up doesn't match the current identity version ${this.#asked.identity}.`,
    );
  }

  /**
   * Changes the identity of the client, or its token. As in Convex, all queries run again, except those that the cache
   * can answer.
   *
   * @param call - Returns the call of a query with the new identity.
   */
  identify(call: (query: AddQuery) => FunctionCall): void {
    this.#asked.identity += 1;
    const before = new Set<Subscription>();
    for (const watched of this.#watched.values()) {
      before.add(watched.subscription);
      watched.subscription = this.#subscriptions.resubscribe(
        watched.subscription,
        call(watched.query),
        this.#subscriber,
      );
    }
    for (const { subscription } of this.#watched.values()) before.delete(subscription);
    for (const subscription of before) this.#subscriptions.unsubscribe(subscription, this.#subscriber);
  }

  /** Makes the next Transition include this commit. */
  awaitCommit(ts: Timestamp): void {
    if (this.#awaited === null || ts > this.#awaited) this.#awaited = ts;
  }

  /** Returns the subscriptions that must run before the next Transition. */
  *wanted(): Iterable<Subscription> {
    const all = this.#misses >= MAX_MISSES;
    for (const { subscription } of this.#watched.values()) {
      if (all || needsRun(subscription)) yield subscription;
    }
  }

  /** Notes that a batch ran and no Transition is possible. */
  noteMiss(): void {
    if (this.#hasUnsent()) this.#misses += 1;
  }

  /**
   * Returns the next Transition, or null if there is none yet. The caller must send it, because it counts as sent.
   *
   * @param clientClockSkew - How far the client's clock is ahead in milliseconds. Sent with a new identity.
   */
  transition(clientClockSkew: number): string | null {
    const ts = this.#commonTimestamp();
    if (ts === null) return null;
    const modifications = this.#removed.map((queryId) => `{"type":"QueryRemoved","queryId":${queryId}}`);
    const changed: [Watched, string][] = [];
    for (const [queryId, watched] of this.#watched) {
      const text = watched.subscription.answer?.text;
      if (text === undefined || text === watched.sent) continue;
      changed.push([watched, text]);
      modifications.push(modificationText(queryId, text));
    }
    const identified = this.#asked.identity !== this.#version.identity;
    const includesAwaited = this.#awaited !== null && ts >= this.#awaited;
    if (
      modifications.length === 0 &&
      !identified &&
      !includesAwaited &&
      this.#asked.querySet === this.#version.querySet
    ) {
      return null;
    }
    for (const [watched, text] of changed) watched.sent = text;
    const start = wireVersion(this.#version);
    this.#version = { ...this.#asked, ts };
    this.#removed.length = 0;
    this.#misses = 0;
    if (includesAwaited) this.#awaited = null;
    const skew = identified ? `,"clientClockSkew":${clientClockSkew}` : "";
    const end = wireVersion(this.#version);
    return (
      `{"type":"Transition","startVersion":${JSON.stringify(start)},"endVersion":${JSON.stringify(end)},` +
      `"modifications":[${modifications.join(",")}]${skew}}`
    );
  }

  clear(): void {
    const all = new Set([...this.#watched.values()].map(({ subscription }) => subscription));
    for (const subscription of all) this.#subscriptions.unsubscribe(subscription, this.#subscriber);
    this.#watched.clear();
    this.#subscriptions.forget(this.#subscriber);
  }

  #add(query: AddQuery, call: FunctionCall): void {
    if (this.#watched.has(query.queryId)) throw new BadMessageError(`Duplicate query ID: ${query.queryId}.`);
    const subscription = this.#subscriptions.subscribe(call, query.journal ?? null, this.#subscriber);
    this.#watched.set(query.queryId, { query, subscription, sent: null });
  }

  #remove(queryId: QueryId): void {
    const watched = this.#watched.get(queryId);
    if (watched === undefined) throw new BadMessageError(`Nonexistent query ID: ${queryId}.`);
    this.#watched.delete(queryId);
    this.#removed.push(queryId);
    // Two queries of one client can share a subscription, if their journals became equal.
    for (const other of this.#watched.values()) if (other.subscription === watched.subscription) return;
    this.#subscriptions.unsubscribe(watched.subscription, this.#subscriber);
  }

  #hasUnsent(): boolean {
    for (const { subscription, sent } of this.#watched.values()) {
      if (subscription.answer === null || subscription.answer.text !== sent) return true;
    }
    return this.#awaited !== null || this.#asked.identity !== this.#version.identity;
  }

  /** Returns the newest timestamp at which every answer is valid. */
  #commonTimestamp(): Timestamp | null {
    let last = this.#subscriptions.frontier;
    let first = this.#version.ts;
    for (const { subscription } of this.#watched.values()) {
      const { answer } = subscription;
      if (answer === null) return null;
      if (answer.evaluatedAt > first) first = answer.evaluatedAt;
      if (answer.validUntil !== null && answer.validUntil <= last) last = answer.validUntil - 1n;
    }
    return first <= last ? last : null;
  }
}

function wireVersion({ querySet, identity, ts }: Version): WireVersion {
  return { querySet, identity, ts: encodeTimestamp(ts) };
}

/**
 * The queries of one client, and the Transitions that take it from one consistent moment to the next.
 *
 * Each answer holds for a span of database time. A Transition is possible when there is a moment that lies in all of
 * them: what the client then shows is one snapshot, never half of a change.
 */
import type { FunctionCall, Timestamp } from "../backend.ts";
import { modificationText } from "./answer-text.ts";
import { needsRun, type Subscriber, type Subscription, type Subscriptions } from "./shared-subscriptions.ts";
import {
  type AddQuery,
  BadMessageError,
  type MessageOf,
  type QueryId,
  type WireVersion,
} from "./socket-messages.ts";
import { encodeTimestamp } from "./timestamp.ts";

/** After so many batches that left no common moment, all of the set is run at one snapshot. */
const PATIENCE = 3;

type Version = { querySet: number; identity: number; ts: Timestamp };
type Watched = { query: AddQuery; subscription: Subscription; sent: string | null };

export class QuerySet {
  readonly #subscriptions: Subscriptions;
  readonly #subscriber: Subscriber;
  readonly #watched = new Map<QueryId, Watched>();
  readonly #removed: QueryId[] = [];
  /** What the client has been told. */
  #version: Version = { querySet: 0, identity: 0, ts: 0n };
  /** What the client has asked for. */
  #asked = { querySet: 0, identity: 0 };
  /** A mutation was answered that was committed then: the client waits for a Transition that has it. */
  #owed: Timestamp | null = null;
  #missed = 0;

  constructor(subscriptions: Subscriptions, subscriber: Subscriber) {
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
   * @param call makes the call that a query stands for, as the person this client is now.
   * @throws BadMessageError where the client's count and ours have come apart.
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

  /** @throws BadMessageError where the client's count of its identities and ours have come apart. */
  checkIdentityBase(baseVersion: number): void {
    if (baseVersion === this.#asked.identity) return;
    throw new BadMessageError(
      `Base version ${baseVersion} passed up doesn't match the current identity version ${this.#asked.identity}.`,
    );
  }

  /**
   * The client is somebody else now, or the same person with a newer token.
   *
   * @param call the call of a query as the new person, or null where nothing that a function can see has changed.
   */
  identify(call: ((query: AddQuery) => FunctionCall) | null): void {
    this.#asked.identity += 1;
    if (call === null) return;
    const before = new Set<Subscription>();
    for (const watched of this.#watched.values()) {
      before.add(watched.subscription);
      const { journal } = watched.subscription;
      watched.subscription = this.#subscriptions.subscribe(call(watched.query), journal, this.#subscriber);
    }
    for (const { subscription } of this.#watched.values()) before.delete(subscription);
    for (const subscription of before) this.#subscriptions.unsubscribe(subscription, this.#subscriber);
  }

  /** The client is about to hear of its mutation, and waits for a moment at or after it. */
  owe(ts: Timestamp): void {
    if (this.#owed === null || ts > this.#owed) this.#owed = ts;
  }

  /** What has to be run before the next Transition. */
  *wanted(): Iterable<Subscription> {
    const all = this.#missed >= PATIENCE;
    for (const { subscription } of this.#watched.values()) {
      if (all || needsRun(subscription)) yield subscription;
    }
  }

  /** A batch has been run and still there was no common moment. */
  missed(): void {
    if (this.#owesSomething()) this.#missed += 1;
  }

  /**
   * The next Transition, or null where there is nothing to say or not yet.
   *
   * What it returns has to be sent: the set counts it as told.
   *
   * @param clientClockSkew by how many milliseconds the client's clock is ahead; it is told with a new identity.
   */
  transition(clientClockSkew: number): string | null {
    const moment = this.#moment();
    if (moment === null) return null;
    const modifications = this.#removed.map((queryId) => `{"type":"QueryRemoved","queryId":${queryId}}`);
    const changed: [Watched, string][] = [];
    for (const [queryId, watched] of this.#watched) {
      const text = watched.subscription.answer?.text;
      if (text === undefined || text === watched.sent) continue;
      changed.push([watched, text]);
      modifications.push(modificationText(queryId, text));
    }
    const identified = this.#asked.identity !== this.#version.identity;
    const owed = this.#owed !== null && moment >= this.#owed;
    if (
      modifications.length === 0 &&
      !identified &&
      !owed &&
      this.#asked.querySet === this.#version.querySet
    ) {
      return null;
    }
    for (const [watched, text] of changed) watched.sent = text;
    const start = wireVersion(this.#version);
    this.#version = { ...this.#asked, ts: moment };
    this.#removed.length = 0;
    this.#missed = 0;
    if (owed) this.#owed = null;
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
    // Two queries of one client may be the same subscription (their journals having met).
    for (const other of this.#watched.values()) if (other.subscription === watched.subscription) return;
    this.#subscriptions.unsubscribe(watched.subscription, this.#subscriber);
  }

  #owesSomething(): boolean {
    for (const { subscription, sent } of this.#watched.values()) {
      if (subscription.answer === null || subscription.answer.text !== sent) return true;
    }
    return this.#owed !== null || this.#asked.identity !== this.#version.identity;
  }

  /** The newest moment at which every answer holds. */
  #moment(): Timestamp | null {
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

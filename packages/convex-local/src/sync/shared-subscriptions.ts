/**
 * The queries that somebody is watching, each run once however many sockets watch it.
 *
 * The backend says which of them a commit has made stale; this file decides when to run them again: one batch at a
 * time, only for sockets that can take an answer. Every answer carries the span of database time for which it is
 * known to hold, from which a query set puts together a consistent moment (`query-set.ts`).
 */
import type {
  Backend,
  BackendEvent,
  FunctionCall,
  SubscriptionId,
  SubscriptionRequest,
  SubscriptionResult,
  Timestamp,
} from "../backend.ts";
import { codeOf } from "../failure.ts";
import { answerText, failureText } from "./answer-text.ts";
import { Quarantine } from "./quarantine.ts";
import { subscriptionKey } from "./subscription-key.ts";

/** So many queries are run at one snapshot before others get their turn; one subscriber's are never split. */
const BATCH = 256;

/** A batch that the worker thread did not live to answer is asked for again so often. */
const RETRIES = 3;

/** A query's newest answer, right for every moment from `evaluatedAt` on and before `validUntil`. */
export type Answer = { text: string; evaluatedAt: Timestamp; validUntil: Timestamp | null };

export type Subscription = {
  readonly id: SubscriptionId;
  readonly call: FunctionCall;
  readonly subscribers: Set<Subscriber>;
  /** What the next run is given so that its pages end where they ended. */
  journal: string | null;
  answer: Answer | null;
  /** Under which others find it: the call, and the journal that the first run was given. */
  key: { text: string; journal: string | null };
};

/** Somebody who watches: in practice one socket. */
export interface Subscriber {
  /** Whether an answer could be sent now. */
  readonly ready: boolean;
  /** Those of its subscriptions that have to be run. */
  wanted(): Iterable<Subscription>;
  /** Something it watches has been run. */
  refreshed(): void;
}

type Batch = {
  subscriptions: Map<SubscriptionId, Subscription>;
  /** Commits that were heard of while the batch ran. */
  staleAt: Map<SubscriptionId, Timestamp[]>;
  reloaded: boolean;
};

export class Subscriptions {
  readonly #backend: Backend;
  readonly #byId = new Map<SubscriptionId, Subscription>();
  readonly #byKey = new Map<string, Subscription>();
  /** Subscribers with something to run, longest waiting first. */
  readonly #waiting = new Set<Subscriber>();
  readonly #quarantine: Quarantine;
  readonly #unlisten: () => void;
  #nextId: SubscriptionId = 1;
  #running: Batch | null = null;
  #scheduled = false;
  #closed = false;
  #frontier: Timestamp;

  constructor(backend: Backend) {
    this.#backend = backend;
    this.#frontier = backend.now();
    this.#quarantine = new Quarantine((id) => this.#markStale(id, this.#frontier));
    this.#unlisten = backend.onEvent((event) => this.#hear(event));
  }

  /** The newest time of which everything is known: an answer without an end holds up to here. */
  get frontier(): Timestamp {
    return this.#frontier;
  }

  /** How many different queries are being watched. */
  get size(): number {
    return this.#byId.size;
  }

  /** A time at which something was committed: what becomes stale by it has been heard of before. */
  observe(ts: Timestamp): void {
    if (ts > this.#frontier) this.#frontier = ts;
  }

  /**
   * Watches a query, together with everyone who watches the same.
   *
   * @param journal what an earlier run of this query left, if the subscriber has it.
   */
  subscribe(call: FunctionCall, journal: string | null, subscriber: Subscriber): Subscription {
    const text = subscriptionKey(call, journal);
    let subscription = this.#byKey.get(text);
    if (subscription === undefined) {
      const key = { text, journal };
      subscription = { id: this.#nextId++, call, subscribers: new Set(), journal, answer: null, key };
      this.#byKey.set(text, subscription);
      this.#byId.set(subscription.id, subscription);
    }
    subscription.subscribers.add(subscriber);
    if (needsRun(subscription)) this.wake(subscriber);
    return subscription;
  }

  unsubscribe(subscription: Subscription, subscriber: Subscriber): void {
    subscription.subscribers.delete(subscriber);
    if (subscription.subscribers.size > 0) return;
    if (this.#byKey.get(subscription.key.text) === subscription) this.#byKey.delete(subscription.key.text);
    this.#byId.delete(subscription.id);
    this.#quarantine.forget(subscription.id);
    // One that is being run is let go when it has been: the worker must not hear of it in the other order.
    if (!this.#running?.subscriptions.has(subscription.id)) this.#backend.release([subscription.id]);
  }

  /** The subscriber has something to run, or can take answers again. */
  wake(subscriber: Subscriber): void {
    this.#waiting.add(subscriber);
    this.#schedule();
  }

  /** The subscriber is gone; its subscriptions have been given up one by one. */
  forget(subscriber: Subscriber): void {
    this.#waiting.delete(subscriber);
  }

  close(): void {
    this.#closed = true;
    this.#unlisten();
    this.#quarantine.close();
    this.#waiting.clear();
  }

  #hear(event: BackendEvent): void {
    this.observe(event.ts);
    if (event.type === "committed") {
      this.#quarantine.hear();
      for (const id of event.stale) this.#markStale(id, event.ts);
    } else {
      if (this.#running !== null) this.#running.reloaded = true;
      this.#quarantine.hear();
      for (const id of this.#byId.keys()) if (!this.#quarantine.has(id)) this.#markStale(id, event.ts);
    }
  }

  #markStale(id: SubscriptionId, ts: Timestamp): void {
    const subscription = this.#byId.get(id);
    if (subscription === undefined) return;
    this.#running?.staleAt.get(id)?.push(ts);
    const { answer } = subscription;
    if (answer !== null && answer.validUntil === null) {
      // A reload may carry the time of the last commit: then nothing is left of the span, and that is right.
      answer.validUntil = ts > answer.evaluatedAt ? ts : answer.evaluatedAt;
      this.#rekey(subscription);
    }
    for (const subscriber of subscription.subscribers) this.#waiting.add(subscriber);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#running !== null || this.#closed) return;
    this.#scheduled = true;
    // After everything that arrived together, so that it is run together.
    queueMicrotask(() => {
      this.#scheduled = false;
      void this.#run();
    });
  }

  #nextBatch(): Map<SubscriptionId, Subscription> {
    const batch = new Map<SubscriptionId, Subscription>();
    for (const subscriber of this.#waiting) {
      if (!subscriber.ready) continue;
      this.#waiting.delete(subscriber);
      for (const subscription of subscriber.wanted()) batch.set(subscription.id, subscription);
      if (batch.size >= BATCH) break;
    }
    return batch;
  }

  async #run(): Promise<void> {
    if (this.#running !== null || this.#closed) return;
    const subscriptions = this.#nextBatch();
    if (subscriptions.size === 0) return;
    const staleAt = new Map([...subscriptions.keys()].map((id) => [id, [] as Timestamp[]]));
    this.#running = { subscriptions, staleAt, reloaded: false };
    await this.#evaluate([...subscriptions.values()]);
    this.#running = null;
    if (this.#closed) return;
    const touched = new Set<Subscriber>();
    const released: SubscriptionId[] = [];
    for (const subscription of subscriptions.values()) {
      if (subscription.subscribers.size === 0) released.push(subscription.id);
      for (const subscriber of subscription.subscribers) {
        touched.add(subscriber);
        if (needsRun(subscription)) this.#waiting.add(subscriber);
      }
    }
    if (released.length > 0) this.#backend.release(released);
    for (const subscriber of touched) subscriber.refreshed();
    if (this.#waiting.size > 0) this.#schedule();
  }

  /** Runs subscriptions and keeps their answers; a batch that cannot be answered as a whole is run one by one. */
  async #evaluate(subscriptions: Subscription[]): Promise<void> {
    const requests: SubscriptionRequest[] = subscriptions.map(({ id, call, journal }) => ({
      id,
      call,
      journal,
    }));
    for (let attempt = 1; ; attempt++) {
      try {
        const { ts, results } = await this.#backend.evaluate(requests);
        this.observe(ts);
        for (const result of results) this.#keep(result, ts);
        return;
      } catch (error) {
        if (this.#closed) return;
        if (subscriptions.length > 1) break;
        const [subscription] = subscriptions;
        if (subscription === undefined) return;
        if (attempt < RETRIES && codeOf(error) === "restarted") continue;
        this.#keepFailure(subscription, error);
        return;
      }
    }
    for (const subscription of subscriptions) await this.#evaluate([subscription]);
  }

  #keep(result: SubscriptionResult, ts: Timestamp): void {
    const running = this.#running;
    const subscription = running?.subscriptions.get(result.id);
    if (running === null || subscription === undefined) return;
    this.#answer(subscription, answerText(result), ts);
    // Failed while the worker was started anew: it may be what ended it.
    if (!result.outcome.ok && running.reloaded) {
      this.#isolate(subscription);
      return;
    }
    this.#quarantine.forget(subscription.id);
    subscription.journal = result.journal;
    if (needsRun(subscription)) this.#rekey(subscription);
  }

  #keepFailure(subscription: Subscription, error: unknown): void {
    this.#answer(subscription, failureText(error, subscription.journal), this.#frontier);
    const code = codeOf(error);
    if (code === "timed_out" || code === "restarted") this.#isolate(subscription);
  }

  /** Leaves the failure standing for a while, so that the rest of a query set moves on without it. */
  #isolate(subscription: Subscription): void {
    this.#quarantine.add(subscription.id);
    if (subscription.answer !== null) subscription.answer.validUntil = null;
  }

  #answer(subscription: Subscription, text: string, ts: Timestamp): void {
    const running = this.#running;
    let validUntil: Timestamp | null = running?.reloaded ? ts : null;
    for (const stale of running?.staleAt.get(subscription.id) ?? []) {
      if (stale > ts && (validUntil === null || stale < validUntil)) validUntil = stale;
    }
    // The same text keeps the same string, so that a thousand sockets hold it once.
    const same = subscription.answer?.text === text ? subscription.answer.text : text;
    subscription.answer = { text: same, evaluatedAt: ts, validUntil };
  }

  /**
   * A page that is run with a journal is no longer what somebody without one would get: before it is, it moves out of
   * the way of those who come without.
   */
  #rekey(subscription: Subscription): void {
    if (subscription.journal === subscription.key.journal) return;
    if (this.#byKey.get(subscription.key.text) === subscription) this.#byKey.delete(subscription.key.text);
    const { call, journal } = subscription;
    subscription.key = { text: subscriptionKey(call, journal), journal };
    if (!this.#byKey.has(subscription.key.text)) this.#byKey.set(subscription.key.text, subscription);
  }
}

export function needsRun(subscription: Subscription): boolean {
  return subscription.answer === null || subscription.answer.validUntil !== null;
}

/**
 * Subscriptions of all sockets: each query runs once for all of its subscribers.
 *
 * The backend reports which subscriptions a commit made stale. This class decides when they run again: one batch at a
 * time, and only for sockets that can receive an answer. Every answer has the span of database time for which it is
 * valid, from which a query set computes a consistent state (`query-set.ts`).
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
import { RefreshCosts } from "./refresh-costs.ts";
import { type Answer, isReusable, needsRun, type Subscriber, type Subscription } from "./subscription.ts";
import { sameCall, subscriptionKey } from "./subscription-key.ts";

/** The number of queries per batch. The queries of one subscriber are never split. */
const BATCH = 256;

/** How often a query is tried when the worker restarts before it answers. */
const ATTEMPTS = 3;

type Batch = {
  subscriptions: Map<SubscriptionId, Subscription>;
  /** Commits during the batch that made a subscription stale. */
  staleAt: Map<SubscriptionId, Timestamp[]>;
  reloaded: boolean;
};

/** What decides whether another subscriber can get an answer. */
type Reuse = Pick<Answer, "ok" | "clockReadAt">;

/** Runs subscriptions and keeps their answers. */
export class SharedSubscriptions {
  readonly #backend: Backend;
  readonly #byId = new Map<SubscriptionId, Subscription>();
  readonly #byKey = new Map<string, Subscription>();
  /** Subscribers with subscriptions to run, in order of waiting. */
  readonly #waiting = new Set<Subscriber>();
  readonly #quarantine: Quarantine;
  readonly #unlisten: () => void;
  readonly #now: () => number;
  readonly refreshCosts = new RefreshCosts();
  #nextId: SubscriptionId = 1;
  #running: Batch | null = null;
  #scheduled = false;
  #closed = false;
  #frontier: Timestamp;

  /**
   * @param backend - Runs the queries.
   * @param now - Returns the time in Unix ms.
   */
  constructor(backend: Backend, now: () => number) {
    this.#backend = backend;
    this.#now = now;
    this.#frontier = backend.now();
    this.#quarantine = new Quarantine((id) => this.#markStale(id, this.#frontier));
    this.#unlisten = backend.onEvent((event) => this.#receive(event));
  }

  /** The newest known timestamp. An answer without an end is valid up to here. */
  get frontier(): Timestamp {
    return this.#frontier;
  }

  /** Notes the timestamp of a commit. Its stale subscriptions have been reported before. */
  observe(ts: Timestamp): void {
    if (ts > this.#frontier) this.#frontier = ts;
  }

  /**
   * Subscribes to a query, sharing it with other subscribers if Convex's cache would answer.
   *
   * @param call - The call.
   * @param journal - The journal of an earlier run, if the subscriber has it.
   * @param subscriber - The subscriber.
   */
  subscribe(call: FunctionCall, journal: string | null, subscriber: Subscriber): Subscription {
    const text = subscriptionKey(call, journal);
    let subscription = this.#byKey.get(text);
    if (subscription === undefined || !this.#isReusable(subscription)) {
      const key = { text, journal };
      subscription = { id: this.#nextId++, call, subscribers: new Set(), journal, answer: null, key };
      this.#byKey.set(text, subscription);
      this.#byId.set(subscription.id, subscription);
    }
    subscription.subscribers.add(subscriber);
    if (needsRun(subscription)) this.wake(subscriber);
    return subscription;
  }

  /**
   * Subscribes to a query again because its client has sent another token.
   *
   * @param current - Its subscription, from which the caller must `unsubscribe` if it gets another one.
   * @param call - The call with the new identity.
   * @param subscriber - The subscriber.
   */
  resubscribe(current: Subscription, call: FunctionCall, subscriber: Subscriber): Subscription {
    const keeps = sameCall(current.call, call) && this.#isReusable(current);
    const next = keeps ? current : this.subscribe(call, current.journal, subscriber);
    this.refreshCosts.note(call.path, next.answer === null ? "ran" : "cached");
    return next;
  }

  unsubscribe(subscription: Subscription, subscriber: Subscriber): void {
    subscription.subscribers.delete(subscriber);
    if (subscription.subscribers.size > 0) return;
    if (this.#byKey.get(subscription.key.text) === subscription) this.#byKey.delete(subscription.key.text);
    this.#byId.delete(subscription.id);
    this.#quarantine.forget(subscription.id);
    // A running subscription is released after its run, so that the worker gets both in the right order.
    if (!this.#running?.subscriptions.has(subscription.id)) this.#backend.release([subscription.id]);
  }

  /** Notes that a subscriber has subscriptions to run, or can receive answers again. */
  wake(subscriber: Subscriber): void {
    this.#waiting.add(subscriber);
    this.#schedule();
  }

  /** Starts the scheduled batch now, so that its snapshot precedes a mutation that is sent to the backend next. */
  flush(): void {
    if (!this.#scheduled) return;
    this.#scheduled = false;
    void this.#run();
  }

  /** Removes a subscriber that has unsubscribed from everything. */
  forget(subscriber: Subscriber): void {
    this.#waiting.delete(subscriber);
  }

  close(): void {
    this.#closed = true;
    this.#unlisten();
    this.#quarantine.close();
    this.#waiting.clear();
  }

  #isReusable(subscription: Subscription): boolean {
    // A query that exceeded its time limit keeps its failure for a while.
    return this.#quarantine.has(subscription.id) || isReusable(subscription, this.#now());
  }

  #receive(event: BackendEvent): void {
    this.observe(event.ts);
    this.#quarantine.noteChange();
    if (event.type === "committed") {
      for (const id of event.stale) this.#markStale(id, event.ts);
    } else {
      if (this.#running !== null) this.#running.reloaded = true;
      for (const id of this.#byId.keys()) if (!this.#quarantine.has(id)) this.#markStale(id, event.ts);
    }
  }

  #markStale(id: SubscriptionId, ts: Timestamp): void {
    const subscription = this.#byId.get(id);
    if (subscription === undefined) return;
    this.#running?.staleAt.get(id)?.push(ts);
    const { answer } = subscription;
    if (answer !== null && answer.validUntil === null) {
      // A reload can have the timestamp of the last commit. Then the span is empty, as intended.
      answer.validUntil = ts > answer.evaluatedAt ? ts : answer.evaluatedAt;
      this.#rekey(subscription);
    }
    for (const subscriber of subscription.subscribers) this.#waiting.add(subscriber);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#running !== null || this.#closed) return;
    this.#scheduled = true;
    // Waits for everything that arrives at the same time, so that it runs in one batch.
    queueMicrotask(() => this.flush());
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
    const staleAt = new Map<SubscriptionId, Timestamp[]>();
    for (const id of subscriptions.keys()) staleAt.set(id, []);
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

  /** Runs subscriptions and stores their answers. A batch that fails as a whole runs again one by one. */
  async #evaluate(subscriptions: Subscription[]): Promise<void> {
    const requests = subscriptions.map(
      ({ id, call, journal }): SubscriptionRequest => ({ id, call, journal }),
    );
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
        if (attempt < ATTEMPTS && codeOf(error) === "restarted") continue;
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
    const { outcome, readClock } = result;
    this.#answer(subscription, answerText(result), ts, {
      ok: outcome.ok,
      clockReadAt: readClock ? this.#now() : null,
    });
    // It failed while the worker restarted, so it may be the cause.
    if (!outcome.ok && running.reloaded) {
      this.#isolate(subscription);
      return;
    }
    this.#quarantine.forget(subscription.id);
    subscription.journal = result.journal;
    if (needsRun(subscription)) this.#rekey(subscription);
  }

  #keepFailure(subscription: Subscription, error: unknown): void {
    const text = failureText(error, subscription.journal);
    this.#answer(subscription, text, this.#frontier, { ok: false, clockReadAt: null });
    const code = codeOf(error);
    if (code === "timed_out" || code === "restarted") this.#isolate(subscription);
  }

  /** Keeps the failure as the answer for a while, so that the rest of a query set can continue. */
  #isolate(subscription: Subscription): void {
    this.#quarantine.add(subscription.id);
    if (subscription.answer !== null) subscription.answer.validUntil = null;
  }

  #answer(subscription: Subscription, text: string, ts: Timestamp, reuse: Reuse): void {
    const running = this.#running;
    let validUntil: Timestamp | null = running?.reloaded ? ts : null;
    for (const stale of running?.staleAt.get(subscription.id) ?? []) {
      if (stale > ts && (validUntil === null || stale < validUntil)) validUntil = stale;
    }
    // Reuses an equal string, so that it is in memory only once.
    const same = subscription.answer?.text === text ? subscription.answer.text : text;
    subscription.answer = { text: same, evaluatedAt: ts, validUntil, ...reuse };
  }

  /**
   * Changes the key of a paginated subscription before it runs with a journal, because its result then differs from that
   * of a new subscriber without one.
   */
  #rekey(subscription: Subscription): void {
    if (subscription.journal === subscription.key.journal) return;
    if (this.#byKey.get(subscription.key.text) === subscription) this.#byKey.delete(subscription.key.text);
    const { call, journal } = subscription;
    subscription.key = { text: subscriptionKey(call, journal), journal };
    if (!this.#byKey.has(subscription.key.text)) this.#byKey.set(subscription.key.text, subscription);
  }
}

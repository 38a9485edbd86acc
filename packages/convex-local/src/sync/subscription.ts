/** A query that sockets are subscribed to, and when its answer can be given to another subscriber. */
import type { FunctionCall, SubscriptionId, Timestamp } from "../backend.ts";

/** How old the answer of a query that read the clock may be when it is reused, in ms, as in Convex's query cache. */
const MAX_AGE_MS = 17_000;

/** The newest answer of a query, valid from `evaluatedAt` until before `validUntil`. */
export type Answer = {
  text: string;
  evaluatedAt: Timestamp;
  validUntil: Timestamp | null;
  /** Whether the query succeeded. A failure is not reused. */
  ok: boolean;
  /** When a query ran that read the clock, in Unix ms; null if it did not read it. */
  clockReadAt: number | null;
};

export type Subscription = {
  readonly id: SubscriptionId;
  readonly call: FunctionCall;
  readonly subscribers: Set<Subscriber>;
  /** Passed to the next run, so that its page ends at the same position. */
  journal: string | null;
  answer: Answer | null;
  /** Key for other subscribers: the call, and the journal of the first run. */
  key: { text: string; journal: string | null };
};

/** A subscriber, in practice one socket. */
export interface Subscriber {
  /** Whether an answer can be sent now. */
  readonly ready: boolean;
  /** Returns its subscriptions that must run. */
  wanted(): Iterable<Subscription>;
  /** Called after one of its subscriptions has run. */
  refreshed(): void;
}

/** Returns whether a subscription has no valid answer. */
export function needsRun({ answer }: Subscription): boolean {
  return answer === null || answer.validUntil !== null;
}

/**
 * Returns whether a new subscriber, or one with a new token, can share a subscription: it runs anyway, or Convex's query
 * cache would answer for it.
 *
 * @param subscription - The subscription.
 * @param now - Unix ms.
 */
export function isReusable(subscription: Subscription, now: number): boolean {
  const { answer } = subscription;
  if (answer === null || answer.validUntil !== null) return true;
  if (!answer.ok) return false;
  const age = answer.clockReadAt === null ? 0 : now - answer.clockReadAt;
  // After the clock has jumped back, the answer is from the future.
  return age >= 0 && age <= MAX_AGE_MS;
}

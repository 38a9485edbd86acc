/**
 * Sends events to the app as WorkOS does (https://workos.com/docs/events/data-syncing/webhooks): signed, in no promised
 * order, and again with growing pauses until the endpoint answers 2xx. What is owed survives a restart.
 */
import { createHmac } from "node:crypto";
import type { Events, EventType, StoredEvent } from "./store/events.ts";

export type WebhookTarget = { url: string; secret: string };

/** ms before each further attempt; WorkOS goes on for days, a test environment for minutes. */
const PAUSES = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 60_000, 60_000, 60_000];
const ATTEMPT_TIMEOUT = 5_000;
/** What is older than this at start is given up. */
const OWED_FOR = 60 * 60_000;

/** The header's value: milliseconds, and the HMAC-SHA256 of `time.body` in hex. */
export function signatureOf(body: string, secret: string, time: number): string {
  return `t=${time}, v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
}

export class WebhookSender {
  readonly #events: Events;
  readonly #target: WebhookTarget | null;
  readonly #closing = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(events: Events, target: WebhookTarget | null) {
    this.#events = events;
    this.#target = target;
    for (const event of target ? events.undelivered(Date.now() - OWED_FOR) : []) this.#after(0, event.id);
  }

  /** Keeps the event and sends it once the running transaction is over; if that one fails, nothing is sent. */
  emit(event: EventType, data: Record<string, unknown>): void {
    const id = this.#events.add(event, data);
    if (this.#target) this.#after(0, id);
  }

  close(): void {
    this.#closing.abort();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  #after(ms: number, id: string): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#attempt(id);
    }, ms);
    this.#timers.add(timer);
  }

  async #attempt(id: string): Promise<void> {
    const event = this.#events.byId(id);
    if (!event || !this.#target || event.deliveredAt !== null) return;
    this.#events.attempted(id);
    const taken = await this.#send(event, this.#target);
    if (this.#closing.signal.aborted) return;
    if (taken) this.#events.delivered(id);
    else {
      const pause = PAUSES[event.attempts];
      if (pause !== undefined) this.#after(pause, id);
    }
  }

  async #send(event: StoredEvent, target: WebhookTarget): Promise<boolean> {
    const body = JSON.stringify({
      object: "event",
      id: event.id,
      event: event.event,
      data: event.data,
      created_at: new Date(event.createdAt).toISOString(),
    });
    try {
      const response = await fetch(target.url, {
        method: "POST",
        headers: {
          "Content-Type": "application/json",
          "User-Agent": "WorkOS (local stand-in)",
          "WorkOS-Signature": signatureOf(body, target.secret, Date.now()),
        },
        body,
        redirect: "manual",
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(ATTEMPT_TIMEOUT)]),
      });
      await response.body?.cancel();
      return response.ok;
    } catch {
      return false;
    }
  }
}

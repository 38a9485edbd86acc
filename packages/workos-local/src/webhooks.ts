/**
 * Sends events as WorkOS does (https://workos.com/docs/events/data-syncing/webhooks): signed, without a guaranteed order,
 * and with retries until the endpoint responds 2xx. Undelivered events survive a restart.
 */
import { createHmac } from "node:crypto";
import type { Events, EventType, StoredEvent } from "./store/events.ts";

export type WebhookTarget = { url: string; secret: string };

/** Delays before each retry in ms. WorkOS retries for days, the emulator for minutes. */
const RETRY_DELAYS = [500, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000, 60_000, 60_000, 60_000, 60_000];
const ATTEMPT_TIMEOUT = 5_000;
/** Undelivered events that are older than this at the start are not sent. */
const MAX_AGE = 60 * 60_000;

/** Returns the value of the signature header: milliseconds, and the HMAC-SHA256 of `time.body` in hexadecimal. */
export function signatureOf(body: string, secret: string, time: number): string {
  return `t=${time}, v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
}

/** Sends events and retries failed deliveries. */
export class WebhookSender {
  readonly #events: Events;
  readonly #target: WebhookTarget | null;
  readonly #closing = new AbortController();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(events: Events, target: WebhookTarget | null) {
    this.#events = events;
    this.#target = target;
    for (const event of target ? events.undelivered(Date.now() - MAX_AGE) : []) this.#after(0, event.id);
  }

  /** Stores an event and sends it after the running transaction. If the transaction fails, nothing is sent. */
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
    const accepted = await this.#send(event, this.#target);
    if (this.#closing.signal.aborted) return;
    if (accepted) this.#events.delivered(id);
    else {
      const delay = RETRY_DELAYS[event.attempts];
      if (delay !== undefined) this.#after(delay, id);
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
          "User-Agent": "WorkOS (local emulator)",
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

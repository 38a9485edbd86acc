/** Sends signed WorkOS webhooks to a backend. */
import { createHmac } from "node:crypto";
import { type TestBackend, WEBHOOK_SECRET } from "./backend.ts";

export type Sending = {
  id?: string;
  secret?: string;
  sentAt?: number;
  signature?: string;
  createdAt?: number;
};

let events = 0;

/**
 * Sends an event.
 * @param backend - Backend that receives it.
 * @param event - Type of the event.
 * @param data - Object of the event.
 * @param sending - Id, times and signature to replace.
 * @returns The status of the response.
 */
export async function sendEvent(backend: TestBackend, event: string, data: object, sending: Sending = {}) {
  events += 1;
  const { id = `event_${events}`, createdAt = Date.now(), ...rest } = sending;
  const body = { id, event, data, created_at: new Date(createdAt).toISOString() };
  return await sendBody(backend, JSON.stringify(body), rest);
}

/**
 * Sends a signed body.
 * @param backend - Backend that receives it.
 * @param body - The body.
 * @param sending - Secret, time and signature to replace.
 * @returns The status of the response.
 */
export async function sendBody(
  backend: TestBackend,
  body: string,
  { secret = WEBHOOK_SECRET, sentAt = Date.now(), signature }: Sending = {},
) {
  const hex = createHmac("sha256", secret).update(`${sentAt}.${body}`).digest("hex");
  const response = await backend.fetch("/webhooks/workos", {
    method: "POST",
    headers: {
      "WorkOS-Signature": signature ?? `t=${sentAt}, v1=${hex}`,
      "Content-Type": "application/json",
    },
    body,
  });
  return response.status;
}

/** Outgoing messages of one socket, with backpressure. */
import { randomUUID } from "node:crypto";
import type { WebSocket } from "ws";
import type { ServerMessage } from "./socket-messages.ts";

/** Above the first limit of buffered bytes, nothing is computed for the socket until it is below the second. */
const CONGESTED_BYTES = 1024 * 1024;
const FLOWING_BYTES = 256 * 1024;

/** Longer Transitions are split, so that a slow connection still makes progress. In UTF-16 units. */
const CHUNK_LENGTH = 1024 * 1024;

/** Sends messages, and notices when the client does not keep up. */
export class Outbox {
  readonly #socket: WebSocket;
  readonly #chunks: boolean;
  readonly #drained: () => void;
  #congested = false;
  #lastSentAt = Date.now();

  /**
   * @param socket - The socket.
   * @param chunks - Whether the client supports chunked Transitions.
   * @param drained - Called when a congested socket has drained.
   */
  constructor(socket: WebSocket, chunks: boolean, drained: () => void) {
    this.#socket = socket;
    this.#chunks = chunks;
    this.#drained = drained;
  }

  get congested(): boolean {
    return this.#congested;
  }

  /** Unix milliseconds. */
  get lastSentAt(): number {
    return this.#lastSentAt;
  }

  send(message: ServerMessage): void {
    this.#write(JSON.stringify(message));
  }

  /** Sends a Transition, in chunks if it is long. No other message comes between them. */
  sendTransition(text: string): void {
    if (!this.#chunks || text.length <= CHUNK_LENGTH) {
      this.#write(text);
      return;
    }
    const parts = split(text, CHUNK_LENGTH);
    const transitionId = randomUUID();
    for (const [partNumber, chunk] of parts.entries()) {
      this.send({ type: "TransitionChunk", chunk, partNumber, totalParts: parts.length, transitionId });
    }
  }

  #write(text: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#lastSentAt = Date.now();
    this.#socket.send(text, () => this.#written());
    if (this.#socket.bufferedAmount > CONGESTED_BYTES) this.#congested = true;
  }

  #written(): void {
    if (!this.#congested || this.#socket.bufferedAmount > FLOWING_BYTES) return;
    this.#congested = false;
    this.#drained();
  }
}

/** Splits a text into parts of about `length`, never inside a surrogate pair. */
export function split(text: string, length: number): string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(start + length, text.length);
    const last = text.charCodeAt(end - 1);
    if (end < text.length && last >= 0xd800 && last <= 0xdbff) end += 1;
    parts.push(text.slice(start, end));
    start = end;
  }
  return parts;
}

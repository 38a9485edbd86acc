/** A socket without the published client, to send any message. */
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";

export type Message = { type: string; [field: string]: unknown };

/** Sends and receives raw messages. */
export class RawSocket {
  readonly socket: WebSocket;
  readonly received: Message[] = [];
  /** Resolves when the socket has closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #stream: Socket;
  #wake: () => void = () => undefined;

  private constructor(url: URL) {
    const stream = connect(Number(url.port), url.hostname);
    const socket = new WebSocket(url, { createConnection: () => stream });
    this.socket = socket;
    this.#stream = stream;
    socket.on("message", (data) => {
      this.received.push(JSON.parse(String(data)));
      this.#wake();
    });
    this.closed = new Promise((resolve) => {
      socket.on("close", (code, reason) => {
        resolve({ code, reason: String(reason) });
        this.#wake();
      });
    });
    onTestFinished(() => socket.terminate());
  }

  static async open(url: string, version = "1.48.0"): Promise<RawSocket> {
    const raw = new RawSocket(new URL(`${url.replace("http", "ws")}/api/${version}/sync`));
    await new Promise<void>((resolve, reject) => raw.socket.once("open", resolve).once("error", reject));
    return raw;
  }

  /** Opens a socket and sends Connect. */
  static async connect(
    url: string,
    sessionId: string = crypto.randomUUID(),
    version?: string,
  ): Promise<RawSocket> {
    const raw = await RawSocket.open(url, version);
    raw.send({
      type: "Connect",
      sessionId,
      connectionCount: 0,
      lastCloseReason: "InitialConnect",
      clientTs: Date.now(),
    });
    return raw;
  }

  send(message: Message | string | Buffer): void {
    this.socket.send(
      typeof message === "object" && !Buffer.isBuffer(message) ? JSON.stringify(message) : message,
    );
  }

  /** Sends messages that arrive at the same time. */
  sendTogether(messages: Message[]): void {
    this.#stream.cork();
    for (const message of messages) this.send(message);
    this.#stream.uncork();
  }

  /** Subscribes to one query. Must be the first message after Connect. */
  watch(udfPath: string, args: object = {}): void {
    const modifications = [{ type: "Add", queryId: 0, udfPath, args: [args] }];
    this.send({ type: "ModifyQuerySet", baseVersion: 0, newVersion: 1, modifications });
  }

  /** Returns the next message of a type. */
  async next(type: string): Promise<Message> {
    for (;;) {
      const index = this.received.findIndex((message) => message.type === type);
      const [message] = index === -1 ? [] : this.received.splice(index, 1);
      if (message !== undefined) return message;
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`The socket closed before a ${type} arrived.`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

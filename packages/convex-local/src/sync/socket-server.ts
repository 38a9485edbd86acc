/** Takes the upgrades to `/api/VERSION/sync` and holds the connections that come of them. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Authenticator } from "../auth/authenticator.ts";
import type { Backend } from "../backend.ts";
import { clientVersion } from "./client-version.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { Subscriptions } from "./shared-subscriptions.ts";

/** Convex allows 16 MiB of arguments; a message has to hold them. */
const LONGEST_MESSAGE = 20 * 1024 * 1024;
/** Fine enough that a Ping goes out 15 s after the last message, as Convex sends it. */
const TICK_MS = 1_000;
/** How long clients get to answer the closing handshake. */
const GRACE_MS = 250;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_VIOLATION = 1008;

export class SocketServer {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST_MESSAGE,
    perMessageDeflate: false,
  });
  readonly #connections = new Set<Connection>();
  readonly #options: ConnectionOptions;
  readonly #ticking: NodeJS.Timeout;

  constructor(options: { backend: Backend; authenticator: Authenticator; log: (line: string) => void }) {
    this.#options = { ...options, subscriptions: new Subscriptions(options.backend) };
    this.#ticking = setInterval(() => {
      const now = Date.now();
      for (const connection of this.#connections) connection.tick(now);
    }, TICK_MS);
    this.#ticking.unref();
  }

  /** Whether a path is one that clients open a socket on. */
  static serves(path: string): boolean {
    return syncPath(path) !== null;
  }

  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const match = syncPath(request.url ?? "");
    if (match === null) {
      stream.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.#sockets.handleUpgrade(request, stream, head, (socket) => {
      const version = clientVersion(match.version);
      if (!version.supported) {
        // A browser does not show why an upgrade was refused, so this is said on the socket.
        socket.on("error", () => socket.terminate());
        socket.send(JSON.stringify({ type: "FatalError", error: version.reason }));
        socket.close(CLOSE_VIOLATION, version.reason.slice(0, 120));
        return;
      }
      const connection = new Connection(socket, version.chunks, this.#options);
      this.#connections.add(connection);
      socket.on("close", () => this.#connections.delete(connection));
    });
  }

  /** Tells every client to come back later, and does not wait long for those that do not answer. */
  async close(): Promise<void> {
    clearInterval(this.#ticking);
    this.#options.subscriptions.close();
    for (const connection of this.#connections) connection.close(CLOSE_GOING_AWAY, "The server is stopping.");
    const { clients } = this.#sockets;
    const gone = [...clients].map((socket) => new Promise<void>((resolve) => socket.once("close", resolve)));
    const hurry = setTimeout(() => {
      for (const socket of clients) socket.terminate();
    }, GRACE_MS);
    await Promise.all(gone);
    clearTimeout(hurry);
  }
}

function syncPath(url: string): { version: string | null } | null {
  const match = /^\/api(?:\/([^/?]{1,128}))?\/sync(?:\?.*)?$/.exec(url);
  return match === null ? null : { version: match[1] ?? null };
}

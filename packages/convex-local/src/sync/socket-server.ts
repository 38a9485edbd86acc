/** WebSocket server for `/api/VERSION/sync`. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { Authenticator } from "../auth/authenticator.ts";
import type { Backend, TokenRefreshes } from "../backend.ts";
import { clientVersion } from "./client-version.ts";
import { Connection, type ConnectionOptions } from "./connection.ts";
import { SharedSubscriptions } from "./shared-subscriptions.ts";
import { CLOSE } from "./socket-messages.ts";

/** The largest message in bytes. Convex allows 16 MiB of arguments. */
const MAX_MESSAGE_BYTES = 20 * 1024 * 1024;
/** Short enough that a Ping is sent 15 s after the last message, as in Convex. */
const TICK_MS = 1_000;
/** How long clients have for the closing handshake. */
const GRACE_MS = 250;

/** Accepts connections and keeps them alive. */
export class SocketServer {
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
  });
  readonly #connections = new Set<Connection>();
  readonly #options: ConnectionOptions;
  readonly #ticking: NodeJS.Timeout;

  constructor(options: { backend: Backend; authenticator: Authenticator; log: (line: string) => void }) {
    this.#options = { ...options, subscriptions: new SharedSubscriptions(options.backend, Date.now) };
    this.#ticking = setInterval(() => {
      const now = Date.now();
      for (const connection of this.#connections) connection.tick(now);
    }, TICK_MS);
    this.#ticking.unref();
  }

  tokenRefreshes(): TokenRefreshes {
    return this.#options.subscriptions.refreshCosts.list();
  }

  /** Returns whether clients can open a socket on a path. */
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
        // Browsers do not show why an upgrade failed, so the reason is sent over the socket.
        socket.on("error", () => socket.terminate());
        socket.send(JSON.stringify({ type: "FatalError", error: version.reason }));
        socket.close(CLOSE.violation, version.reason.slice(0, 120));
        return;
      }
      const connection = new Connection(socket, version.chunks, this.#options);
      this.#connections.add(connection);
      socket.on("close", () => this.#connections.delete(connection));
    });
  }

  /** Closes all connections, and terminates those that do not respond soon. */
  async close(): Promise<void> {
    clearInterval(this.#ticking);
    this.#options.subscriptions.close();
    for (const connection of this.#connections) connection.close(CLOSE.goingAway, "The server is stopping.");
    const { clients } = this.#sockets;
    const gone = [...clients].map((socket) => new Promise<void>((resolve) => socket.once("close", resolve)));
    const timer = setTimeout(() => {
      for (const socket of clients) socket.terminate();
    }, GRACE_MS);
    await Promise.all(gone);
    clearTimeout(timer);
  }
}

function syncPath(url: string): { version: string | null } | null {
  const match = /^\/api(?:\/([^/?]{1,128}))?\/sync(?:\?.*)?$/.exec(url);
  return match === null ? null : { version: match[1] ?? null };
}

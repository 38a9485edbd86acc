/** TCP proxy in front of Convex that simulates network faults. */
import { connect, createServer, type Server, type Socket } from "node:net";

/**
 * State of the proxy:
 * - `open`: forwards everything.
 * - `no-sockets`: rejects WebSockets and ends those that are open; HTTP works.
 * - `silent-sockets`: WebSockets open but carry no data; HTTP works.
 * - `frozen`: accepts connections but forwards nothing, like a process stopped with SIGSTOP.
 */
export type LineMode = "open" | "no-sockets" | "silent-sockets" | "frozen";

export type Line = {
  open(): Promise<void>;
  set(mode: LineMode): void;
  /** Ends all connections and stops listening. */
  close(): Promise<void>;
};

type Pair = { client: Socket; server: Socket; isWebSocket: boolean };

const REJECTED = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/**
 * Creates the proxy. It does not listen until `open` is called.
 *
 * @param port - The port to listen on, on 127.0.0.1.
 * @param target - Convex's port, on 127.0.0.1.
 */
export function createLine(port: number, target: number): Line {
  const pairs = new Set<Pair>();
  let mode: LineMode = "open";
  let proxy: Server | null = null;

  const accept = (client: Socket) => {
    const server = connect(target, "127.0.0.1");
    const pair: Pair = { client, server, isWebSocket: false };
    pairs.add(pair);
    let asked = false;
    let answered = false;
    client.on("data", (chunk) => {
      if (!asked) pair.isWebSocket = /^upgrade: websocket/im.test(chunk.toString("latin1"));
      asked = true;
      if (pair.isWebSocket && mode === "no-sockets") client.end(REJECTED);
      else if (!(answered && pair.isWebSocket && mode === "silent-sockets")) server.write(chunk);
    });
    server.on("data", (chunk) => {
      // Only the answer to the upgrade passes.
      if (!(answered && pair.isWebSocket && mode === "silent-sockets")) client.write(chunk);
      answered = true;
    });
    client.setNoDelay().on("error", () => server.destroy());
    server.setNoDelay().on("error", () => client.destroy());
    client.on("close", () => {
      pairs.delete(pair);
      server.destroy();
    });
    server.on("close", () => client.destroySoon());
    if (mode === "frozen") freeze(pair);
  };

  return {
    async open() {
      const opened = createServer(accept);
      proxy = opened;
      await new Promise<void>((resolve, reject) => {
        opened.once("error", reject);
        opened.listen(port, "127.0.0.1", resolve);
      });
    },
    set(next) {
      mode = next;
      for (const pair of pairs) {
        if (next === "frozen") freeze(pair);
        else for (const socket of [pair.client, pair.server]) socket.resume();
        if (next === "no-sockets" && pair.isWebSocket) pair.client.destroy();
      }
    },
    async close() {
      const closing = proxy;
      proxy = null;
      const closed = new Promise((resolve) => (closing === null ? resolve(null) : closing.close(resolve)));
      for (const { client } of pairs) client.destroy();
      await closed;
    },
  };
}

function freeze({ client, server }: Pair): void {
  client.pause();
  server.pause();
}

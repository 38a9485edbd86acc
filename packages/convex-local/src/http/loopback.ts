/** HTTP server on loopback addresses, which other machines cannot reach. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** How long running requests may take when the server stops. */
const GRACE_MS = 500;

export type Handlers = {
  request: (request: IncomingMessage, response: ServerResponse) => void;
  upgrade?: (request: IncomingMessage, stream: Duplex, head: Buffer) => void;
};

export type Loopback = { port: number; url: string; close(): Promise<void> };

/**
 * Listens on 127.0.0.1 and, if the machine has IPv6, on the same port of ::1.
 *
 * @param port - The port, 0 for any free one.
 * @param handlers - Handles requests and upgrades.
 * @throws {Error} when the port is in use; the message names it.
 */
export async function listenOnLoopback(port: number, handlers: Handlers): Promise<Loopback> {
  const first = httpServer(handlers);
  try {
    await listen(first, port, "127.0.0.1");
  } catch (cause) {
    throw new Error(`Port ${port} is in use or not allowed.`, { cause });
  }
  const bound = portOf(first);
  const servers = [first];
  const second = httpServer(handlers);
  try {
    await listen(second, bound, "::1");
    servers.push(second);
  } catch {
    // Without IPv6, or with its port in use, 127.0.0.1 is enough.
  }
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    close: async () => {
      await Promise.all(servers.map(stop));
    },
  };
}

function httpServer({ request, upgrade }: Handlers): Server {
  const server = createServer({ keepAliveTimeout: 5_000 }, request);
  if (upgrade !== undefined) server.on("upgrade", upgrade);
  // Input that is not HTTP gets a 400, and only its own connection is closed.
  server.on("clientError", (_, stream) => {
    if (stream.writable)
      stream.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    else stream.destroy();
  });
  return server;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** Returns the port of a listening server. */
export function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === "string")
    throw new Error("The server does not listen on a port.");
  return address.port;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const hurry = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(hurry);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** A port on this machine's own addresses, which nobody else can reach. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** Requests that are being answered when the server stops get this long. */
const GRACE_MS = 500;

export type Handlers = {
  request: (request: IncomingMessage, response: ServerResponse) => void;
  upgrade?: (request: IncomingMessage, stream: Duplex, head: Buffer) => void;
};

export type Loopback = { port: number; url: string; close(): Promise<void> };

/**
 * Listens on 127.0.0.1, and on ::1 under the same port where the machine has it.
 *
 * @param port 0 for any free one.
 * @throws an Error that names the port, where it is taken.
 */
export async function listenOnLoopback(port: number, handlers: Handlers): Promise<Loopback> {
  const first = httpServer(handlers);
  try {
    await listen(first, port, "127.0.0.1");
  } catch (cause) {
    throw new Error(`Port ${port} is in use or may not be used.`, { cause });
  }
  const taken = (first.address() as AddressInfo).port;
  const servers = [first];
  const second = httpServer(handlers);
  try {
    await listen(second, taken, "::1");
    servers.push(second);
  } catch {
    // No IPv6 here, or somebody else has this port of it: everything of ours uses 127.0.0.1.
  }
  return {
    port: taken,
    url: `http://127.0.0.1:${taken}`,
    close: async () => {
      await Promise.all(servers.map(stop));
    },
  };
}

function httpServer({ request, upgrade }: Handlers): Server {
  const server = createServer({ keepAliveTimeout: 5_000 }, request);
  if (upgrade !== undefined) server.on("upgrade", upgrade);
  // What is not HTTP at all gets a 400 and loses its connection, nothing more.
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

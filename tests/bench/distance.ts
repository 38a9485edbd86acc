/** Proxy that delays each request by one round trip and records it. */
import { createServer, type IncomingMessage, request as send } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export type Distance = {
  url: string;
  /** Requests since the caller last emptied the list, such as `POST /api/query pages:dashboard`. */
  trips: string[];
  close(): void;
};

/**
 * Starts the proxy. Delays only the request, which costs one round trip on an open connection. Keeps the
 * proxy's Host header, because the WorkOS emulator uses it as the issuer of its tokens.
 *
 * @param target - The URL of the remote server.
 * @param milliseconds - The round trip time.
 */
export async function startDistance(target: string, milliseconds: number): Promise<Distance> {
  const { hostname, port } = new URL(target);
  const trips: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    trips.push(nameOf(request, body.toString()));
    await pause(milliseconds);
    const onward = send(
      { hostname, port, method: request.method, path: request.url, headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.destroy()).end(body);
  });
  const sockets = new Set<Socket>();
  // WebSockets are not delayed, because only requests are measured.
  server.on("upgrade", (request, socket: Socket, head) => {
    const onward = connect(Number(port), hostname, () => {
      const lines = [`${request.method} ${request.url} HTTP/1.1`];
      for (let i = 0; i < request.rawHeaders.length; i += 2)
        lines.push(`${request.rawHeaders[i]}: ${request.rawHeaders[i + 1]}`);
      onward.write(`${lines.join("\r\n")}\r\n\r\n`);
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const [one, other] of [[socket, onward] as const, [onward, socket] as const]) {
      sockets.add(one);
      one.on("error", () => other.destroy()).on("close", () => sockets.delete(one));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trips,
    close() {
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** Returns the method and path, with Convex's function or WorkOS's grant type. */
function nameOf(request: IncomingMessage, body: string): string {
  const path = request.url?.split("?")[0];
  const [, what] = /"(?:path|grant_type)":\s*"([^"]+)"/.exec(body) ?? /grant_type=(\w+)/.exec(body) ?? [];
  return [request.method, path, what].filter(Boolean).join(" ");
}

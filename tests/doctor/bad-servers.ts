/** Faulty servers: one that never answers, one with a self-signed certificate, one with arbitrary answers. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type BadServer = { host: string; port: number; url: string; close(): Promise<void> };

async function listening(server: Server, scheme: "http" | "https"): Promise<BadServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const host = `127.0.0.1:${port}`;
  return {
    host,
    port,
    url: `${scheme}://${host}`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** Starts a server that answers every request with the handler. */
export function answering(handler: RequestListener): Promise<BadServer> {
  return listening(createServer(handler), "http");
}

/** Starts a server that never answers. It counts its requests: all of them, and the most that were open at once. */
export async function hanging(): Promise<BadServer & { asked: { all: number; atOnce: number } }> {
  const asked = { all: 0, atOnce: 0 };
  let open = 0;
  const server = await answering((_, response) => {
    open += 1;
    asked.all += 1;
    asked.atOnce = Math.max(asked.atOnce, open);
    response.once("close", () => {
      open -= 1;
    });
  });
  return { ...server, asked };
}

/** An address at which nothing listens: the port is reserved, and never given to a server that asks for any. */
export const NOTHING = "http://127.0.0.1:2";

/** Starts a TLS server with a self-signed certificate. */
export function selfSigned(): Promise<BadServer> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-tls-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = spawnSync(
    "openssl",
    ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"].concat([
      ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert],
    ]),
    { encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`openssl: ${made.stderr}`);
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
    response.end("never read"),
  );
  rmSync(folder, { recursive: true });
  return listening(server, "https");
}

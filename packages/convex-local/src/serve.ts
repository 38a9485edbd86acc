/** Serves a backend on two ports: the HTTP API with the sync sockets, and HTTP actions. */
import type { Administration } from "./administration.ts";
import { Authenticator } from "./auth/authenticator.ts";
import type { Backend } from "./backend.ts";
import { handleApi } from "./http/api.ts";
import type { FileStore } from "./http/file-routes.ts";
import { type Loopback, listenOnLoopback } from "./http/loopback.ts";
import { handleSite } from "./http/site.ts";
import { SocketServer } from "./sync/socket-server.ts";

export type ServeOptions = {
  /** 0 for any free port, for both. */
  port: number;
  sitePort: number;
  adminKey: string;
  log: (line: string) => void;
  /** Starts the backend once its addresses are known. Requests wait until it has started. */
  start: (addresses: { url: string; siteUrl: string }) => Promise<Parts>;
};

/** `files` and `admin` are null if the backend does not offer them. */
type Parts = { backend: Backend; files: FileStore | null; admin: Administration | null };

export type Served = { url: string; siteUrl: string; close(): Promise<void> };

type Running = Parts & { authenticator: Authenticator; sockets: SocketServer };

/**
 * Opens the ports and starts the backend.
 *
 * @throws {Error} when a port is in use or the backend does not start. No port stays open then.
 */
export async function serve({ port, sitePort, adminKey, log, start }: ServeOptions): Promise<Served> {
  const { promise: running, resolve, reject } = Promise.withResolvers<Running>();
  // If the backend does not start, waiting requests are closed with the ports.
  running.catch(() => undefined);
  const main = await listenOnLoopback(port, {
    request: (request, response) => {
      running
        .then((parts) => handleApi(request, response, { ...parts, log }))
        .catch(() => response.destroy());
    },
    upgrade: (request, stream, head) => {
      stream.on("error", () => stream.destroy());
      running.then(({ sockets }) => sockets.upgrade(request, stream, head)).catch(() => stream.destroy());
    },
  });
  let site: Loopback | undefined;
  try {
    site = await listenOnLoopback(sitePort, {
      request: (request, response) => {
        running
          .then(({ backend, authenticator }) => {
            const http = backend.http.bind(backend);
            return handleSite(request, response, { http, authenticator, siteUrl: site?.url ?? "", log });
          })
          .catch(() => response.destroy());
      },
    });
    const parts = await start({ url: main.url, siteUrl: site.url });
    const { backend } = parts;
    const authenticator = new Authenticator(() => backend.authProviders(), adminKey);
    const sockets = new SocketServer({ backend, authenticator, log });
    resolve({ ...parts, authenticator, sockets });
    return { url: main.url, siteUrl: site.url, close: once(() => stop(main, site, sockets, backend)) };
  } catch (error) {
    reject(error);
    await Promise.all([main.close(), site?.close()]);
    throw error;
  }
}

async function stop(
  main: Loopback,
  site: Loopback | undefined,
  sockets: SocketServer,
  backend: Backend,
): Promise<void> {
  await sockets.close();
  await Promise.all([main.close(), site?.close()]);
  await backend.close();
}

function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= action();
    return done;
  };
}

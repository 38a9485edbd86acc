/** Puts a backend on its two ports: the HTTP API with the sync sockets, and the HTTP actions. */
import { Authenticator } from "./auth/authenticator.ts";
import type { Backend } from "./backend.ts";
import type { Insides } from "./http/admin-routes.ts";
import { handleApi } from "./http/api.ts";
import type { FileStore } from "./http/file-routes.ts";
import { type Loopback, listenOnLoopback } from "./http/loopback.ts";
import { handleSite } from "./http/site.ts";
import { SocketServer } from "./sync/socket-server.ts";

export type ServeOptions = {
  /** 0 for any free one, for both. */
  port: number;
  sitePort: number;
  adminKey: string;
  log: (line: string) => void;
  /** Starts the backend once its own addresses are known; the ports are open by then, and wait for it. */
  start: (addresses: { url: string; siteUrl: string }) => Promise<Parts>;
};

/** `files` and `insides` are null where the backend has none to show. */
type Parts = { backend: Backend; files: FileStore | null; insides: Insides | null };

export type Served = { url: string; siteUrl: string; close(): Promise<void> };

type Running = Parts & { authenticator: Authenticator; sockets: SocketServer };

/** @throws where a port is taken or the backend does not start; nothing is left open then. */
export async function serve({ port, sitePort, adminKey, log, start }: ServeOptions): Promise<Served> {
  const { promise: running, resolve, reject } = Promise.withResolvers<Running>();
  // Those who wait for a backend that never comes lose their connections with the ports.
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

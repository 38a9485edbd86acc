/** Starts and stops the emulator, on loopback only. */
import { createServer, type Server } from "node:http";
import type { WorkOSContext } from "./context.ts";
import { seedDemoUsers } from "./demo-users.ts";
import { dispatch } from "./dispatch.ts";
import { RequestCounts } from "./request-counts.ts";
import { openStore } from "./store/store.ts";
import { WebhookSender, type WebhookTarget } from "./webhooks.ts";

export type WorkOSOptions = {
  /** 0 for any free port. */
  port: number;
  /** SQLite file with all state; created with mode 600. */
  dataFile: string;
  clientId: string;
  apiKey: string;
  /** Receives events, if set. */
  webhook?: WebhookTarget;
  /** Lifetime of an access token in seconds; by default 300, as in WorkOS. */
  accessTokenSeconds?: number;
  /** How long a used refresh token gets the same response, in seconds; by default 30, as in WorkOS. */
  refreshReplaySeconds?: number;
  /** The app's sign-in address (`/api/auth/login`), to which links of invitations lead. */
  signInUrl?: string;
};

/** Longer than clients keep an idle connection, so that none is closed during a request. */
const KEEP_ALIVE = 75_000;

/**
 * Starts the emulator.
 *
 * @returns Its address, and `close`, which closes open requests and keeps undelivered webhooks for the next start.
 * @throws {Error} of `listen`, such as EADDRINUSE.
 */
export async function startWorkOS(options: WorkOSOptions): Promise<{ url: string; close(): Promise<void> }> {
  const store = openStore(options.dataFile, seedDemoUsers);
  const webhooks = new WebhookSender(store.events, options.webhook ?? null);
  const context: WorkOSContext = {
    store,
    clientId: options.clientId,
    apiKey: options.apiKey,
    url: "",
    accessTokenSeconds: options.accessTokenSeconds ?? 300,
    refreshReplaySeconds: options.refreshReplaySeconds ?? 30,
    signInUrl: options.signInUrl ?? null,
    emit: (event, data) => webhooks.emit(event, data),
    requestCounts: new RequestCounts(),
  };
  const newServer = () =>
    createServer(
      { keepAliveTimeout: KEEP_ALIVE },
      (message, response) => void dispatch(context, message, response),
    );
  const servers: Server[] = [];
  const close = async () => {
    webhooks.close();
    await Promise.all(servers.map(closed));
    store.close();
  };
  try {
    const main = newServer();
    servers.push(main);
    const port = await listening(main, options.port, "127.0.0.1");
    context.url = `http://127.0.0.1:${port}`;
    // Browsers may try ::1 first for `localhost`. It is optional, because not every machine has IPv6.
    const second = newServer();
    await listening(second, port, "::1").then(
      () => servers.push(second),
      () => undefined,
    );
  } catch (error) {
    await close();
    throw error;
  }
  return { url: context.url, close };
}

function listening(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host }, () => {
      server.off("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

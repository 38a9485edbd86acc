/** A WorkOS for one machine: starts it, on loopback only, and ends it. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { WorkosContext } from "./context.ts";
import { seedDemoPeople } from "./demo-people.ts";
import { dispatch } from "./dispatch.ts";
import { RequestCounts } from "./request-counts.ts";
import { openStore } from "./store/store.ts";
import { WebhookSender, type WebhookTarget } from "./webhooks.ts";

export type WorkosOptions = {
  /** 0: any free one. */
  port: number;
  /** SQLite file for everything that is remembered; made with mode 600. */
  dataFile: string;
  clientId: string;
  apiKey: string;
  /** Where events go; absent: nowhere. */
  webhook?: WebhookTarget;
  /** Lifetime of an access token in seconds, WorkOS's default if absent. */
  accessTokenSeconds?: number;
};

/** Longer than clients keep an idle connection, so that none is closed under a request. */
const KEEP_ALIVE = 75_000;

/**
 * Starts the stand-in.
 * @returns its address, and how to end it: open requests are cut, what is owed to the webhook waits for the next start
 * @throws the error of `listen`, such as EADDRINUSE
 */
export async function startWorkos(options: WorkosOptions): Promise<{ url: string; close(): Promise<void> }> {
  const store = openStore(options.dataFile, seedDemoPeople);
  const webhooks = new WebhookSender(store.events, options.webhook ?? null);
  const context: WorkosContext = {
    store,
    clientId: options.clientId,
    apiKey: options.apiKey,
    url: "",
    accessTokenSeconds: options.accessTokenSeconds ?? 300,
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
    // Browsers may try ::1 first for `localhost`; a machine without IPv6 does well without.
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
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

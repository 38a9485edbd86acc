/**
 * The built worker in Miniflare, with both emulators in this process. Not in `wrangler dev`, whose proxy sometimes
 * loses a `POST` on a busy machine; `tests/launcher` has a browser for that.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startConvex } from "convex-local";
import { startWorkOS } from "workos-local";
import { readConfig } from "../../local/config.ts";
import { ensureBuild } from "../../local/launch/build.ts";
import { freePorts } from "../launcher/copy.ts";
import { startWorker } from "../routes/worker.ts";
import { createLine, type LineMode } from "./line.ts";

/** Running app with its emulators, in this process or in the pool's. */
export type Stack = {
  appUrl: string;
  /** The WorkOS emulator, where users sign in. */
  workosUrl: string;
  convexUrl: string;
  /** Stops Convex: its port is closed until `startConvex`. */
  stopConvex(): Promise<void>;
  /** Restarts Convex with the same data at the same address. */
  startConvex(): Promise<void>;
  /** Sets the mode of the proxy in front of Convex. */
  setLine(mode: LineMode): Promise<void>;
};

export type OwnStack = Stack & {
  /** Restarts both emulators without data at the same addresses, while the app keeps running. */
  reset(): Promise<void>;
  /** Ends the worker and the emulators. */
  close(): Promise<void>;
};

type Closable = { close(): Promise<void> };

/** Time limit of a build, in milliseconds. */
const BUILD_MS = 300_000;

/**
 * Starts a stack on free ports with a new data folder.
 *
 * @param root - The checkout whose build is served; it is built first if needed.
 */
export async function startStack(root = process.cwd()): Promise<OwnStack> {
  const ports = await freePorts();
  // The line is at Convex's port, and Convex is behind it.
  const { app: behindLine } = await freePorts();
  const folder = mkdtempSync(join(tmpdir(), "mosaic-stack-"));
  const [build, data] = [join(folder, "build"), join(folder, "emulators")];
  const config = readConfig({}, {}, ports, () => "");
  const { appUrl, workosApiUrl: workosUrl, convexUrl } = config.env;

  const line = createLine(ports.convex, behindLine);
  const openConvex = async () => {
    const backend = await startConvex({
      functionsDir: resolve("convex"),
      port: behindLine,
      sitePort: ports.convexSite,
      dataFile: join(data, "convex.sqlite"),
      env: config.convex,
      log: () => undefined,
    });
    await line.open();
    return {
      async close() {
        await Promise.all([line.close(), backend.close()]);
      },
    };
  };
  const openWorkOS = () =>
    startWorkOS({
      port: ports.workos,
      dataFile: join(data, "workos.sqlite"),
      clientId: config.env.workosClientId,
      apiKey: config.env.workosApiKey,
      webhook: {
        url: `http://127.0.0.1:${ports.convexSite}/webhooks/workos`,
        secret: config.convex.WORKOS_WEBHOOK_SECRET ?? "",
      },
    });
  const openWorker = async () => {
    const signal = AbortSignal.timeout(BUILD_MS);
    await ensureBuild({ root, copyTo: build, signal, log: () => undefined });
    return startWorker({ env: config.worker, build, port: ports.app, keptIn: join(folder, "worker") });
  };

  mkdirSync(data);
  let convex: Closable | null;
  let workos: Closable;
  const open = async () => {
    [convex, workos] = await Promise.all([openConvex(), openWorkOS()]);
  };
  const [worker] = await Promise.all([openWorker(), open()]);
  const closeEmulators = () => Promise.all([convex?.close(), workos.close()]);
  return {
    appUrl,
    workosUrl,
    convexUrl,
    async stopConvex() {
      await convex?.close();
      convex = null;
    },
    async startConvex() {
      convex ??= await openConvex();
    },
    async setLine(mode) {
      line.set(mode);
    },
    async reset() {
      line.set("open");
      await closeEmulators();
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data);
      await open();
    },
    async close() {
      await Promise.all([worker.stop(), closeEmulators()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

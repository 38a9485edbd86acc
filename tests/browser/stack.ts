/** Mosaic as `npm start` serves it, with both emulators in this process. */
import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { startConvex } from "convex-local";
import { startWorkOS } from "workos-local";
import { localDefaults } from "../../local/config.ts";
import { cleanUp, dataFolder, freePorts, run } from "../launcher/copy.ts";
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
  /** Ends the emulators and every process started with `run`. */
  close(): Promise<void>;
};

type Closable = { close(): Promise<void> };

/**
 * Starts a stack on free ports with a new data folder.
 *
 * @param environment - Variables of the app in addition to the local defaults.
 * @param cwd - The checkout to run.
 */
export async function startStack(
  environment: Record<string, string> = {},
  cwd = process.cwd(),
): Promise<OwnStack> {
  const ports = await freePorts();
  const emulators = await freePorts();
  const localDir = dataFolder();
  const data = join(localDir, "emulators");
  const { APP_URL = "", ...defaults } = localDefaults(ports);
  const workosUrl = `http://127.0.0.1:${emulators.workos}`;
  const convexUrl = `http://127.0.0.1:${emulators.convex}`;
  const env: Record<string, string> = {
    ...defaults,
    APP_URL,
    WORKOS_API_URL: workosUrl,
    CONVEX_URL: convexUrl,
  };

  const line = createLine(emulators.convex, emulators.app);
  const openConvex = async () => {
    const backend = await startConvex({
      functionsDir: resolve("convex"),
      port: emulators.app,
      sitePort: emulators.convexSite,
      dataFile: join(data, "convex.sqlite"),
      env,
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
      port: emulators.workos,
      dataFile: join(data, "workos.sqlite"),
      clientId: env.WORKOS_CLIENT_ID ?? "",
      apiKey: env.WORKOS_API_KEY ?? "",
      webhook: {
        url: `http://127.0.0.1:${emulators.convexSite}/webhooks/workos`,
        secret: env.WORKOS_WEBHOOK_SECRET ?? "",
      },
    });

  mkdirSync(data, { recursive: true });
  let convex: Closable | null = await openConvex();
  let workos: Closable = await openWorkOS();
  const copy = await run("start", {
    ports,
    localDir,
    cwd,
    environment: { WORKOS_API_URL: workosUrl, CONVEX_URL: convexUrl, ...environment },
  });
  await copy.ready();
  return {
    appUrl: APP_URL,
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
      await Promise.all([convex?.close(), workos.close()]);
      rmSync(data, { recursive: true, force: true });
      mkdirSync(data);
      [convex, workos] = await Promise.all([openConvex(), openWorkOS()]);
    },
    async close() {
      await cleanUp();
      await Promise.all([convex?.close(), workos.close()]);
    },
  };
}

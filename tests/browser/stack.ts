/** Mosaic as `npm start` serves it, with a Convex beside it that can be stopped and started again. */
import { join, resolve } from "node:path";
import { localDefaults } from "../../local/config.ts";
import { startConvex } from "../../local/convex/server.ts";
import { cleanUp, dataFolder, freePorts, run } from "../launcher/copy.ts";

export type Stack = {
  appUrl: string;
  /** WorkOS's stand-in, where people sign in. */
  workosUrl: string;
  convexUrl: string;
  /** Convex's port refuses everyone until `startConvex`. */
  stopConvex(): Promise<void>;
  /** With the same data, at the same address. */
  startConvex(): Promise<void>;
  close(): Promise<void>;
};

/** Starts all of it on free ports, with data of its own. */
export async function startStack(): Promise<Stack> {
  const ports = await freePorts();
  const own = await freePorts();
  const defaults = localDefaults(ports);
  const convexUrl = `http://127.0.0.1:${own.convex}`;
  const localDir = dataFolder();
  const open = () =>
    startConvex({
      functionsDir: resolve("convex"),
      port: own.convex,
      sitePort: own.convexSite,
      dataFile: join(localDir, "convex-apart.sqlite"),
      env: defaults,
      log: () => undefined,
    });
  let convex: Awaited<ReturnType<typeof open>> | null = await open();
  const copy = await run("start", { ports, localDir, environment: { CONVEX_URL: convexUrl } });
  await copy.ready();
  return {
    appUrl: defaults.APP_URL ?? "",
    workosUrl: defaults.WORKOS_API_URL ?? "",
    convexUrl,
    async stopConvex() {
      await convex?.close();
      convex = null;
    },
    async startConvex() {
      convex ??= await open();
    },
    async close() {
      await cleanUp();
      await convex?.close();
    },
  };
}

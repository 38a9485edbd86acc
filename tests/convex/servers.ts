/** Local Convex servers with the project's functions. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { adminKeyFor, startConvex } from "convex-local";
import { CLIENT_ID, type TokenIssuer } from "./tokens.ts";

export const EDGE_SECRET = "edge-secret-of-the-tests-0123456789abcdef";
export const WEBHOOK_SECRET = "webhook-secret-of-the-tests";

/** How the mutations of a server run. */
export type ServerOptions = {
  /**
   * Makes concurrent mutations conflict by Convex's rules, with this time in ms that a mutation takes. Without it,
   * mutations run one after another.
   */
  mutationMs?: number;
};

/** `url` and `siteUrl` change when a server is started again. */
export type Server = { url: string; siteUrl: string; adminKey: string; close(): Promise<void> };

/** Tests that use one shared server at most. */
const MOST_SCOPES = 400;

const FUNCTIONS = fileURLToPath(new URL("../../convex", import.meta.url));

function environment(issuer: TokenIssuer): Record<string, string> {
  const admins = Array.from({ length: MOST_SCOPES }, (_, scope) => `ada${scope || ""}@example.com`);
  return {
    WORKOS_API_URL: issuer.url,
    WORKOS_CLIENT_ID: CLIENT_ID,
    WORKOS_WEBHOOK_SECRET: WEBHOOK_SECRET,
    CONVEX_EDGE_SECRET: EDGE_SECRET,
    ADMIN_EMAILS: ` ${admins.join(" , ").toUpperCase()}`,
  };
}

/** Starts an empty server in this process. */
export async function startServer(issuer: TokenIssuer, { mutationMs }: ServerOptions): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-backend-"));
  const dataFile = join(folder, "convex.sqlite");
  const convex = await startConvex({
    functionsDir: FUNCTIONS,
    port: 0,
    sitePort: 0,
    dataFile,
    env: environment(issuer),
    log: () => {},
    conflicts: mutationMs === undefined ? null : { mutationMs },
  });
  const close = async () => {
    await convex.close();
    rmSync(folder, { recursive: true });
  };
  return { url: convex.url, siteUrl: convex.siteUrl, adminKey: adminKeyFor(dataFile), close };
}

/** Starts an empty server in a process, and returns functions that kill it and start it again. */
export async function startProcess(issuer: TokenIssuer) {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-backend-"));
  const dataFile = join(folder, "convex.sqlite");
  const cli = fileURLToPath(new URL("../../packages/convex-local/src/cli.ts", import.meta.url));
  const ports = ["--port", "0", "--site-port", "0"];
  const flags = ["--functions", FUNCTIONS, "--data", dataFile, ...ports, "--no-watch"];
  let child: ChildProcess;
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  };
  const close = async () => {
    await kill();
    rmSync(folder, { recursive: true });
  };
  const server: Server = { url: "", siteUrl: "", adminKey: "", close };
  const start = async () => {
    const env = { ...process.env, ...environment(issuer) };
    child = spawn(process.execPath, [cli, ...flags], { env, stdio: ["ignore", "pipe", "inherit"] });
    for await (const line of createInterface({ input: child.stdout as Readable })) {
      const urls = /^Convex is at (\S+), HTTP actions at (\S+)\.$/.exec(line);
      if (urls === null) continue;
      Object.assign(server, { url: urls[1], siteUrl: urls[2], adminKey: adminKeyFor(dataFile) });
      break;
    }
    child.stdout?.resume();
  };
  await start();
  return { server, kill, start };
}

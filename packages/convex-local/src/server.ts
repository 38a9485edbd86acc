/** A local Convex deployment: the functions of a folder, served on two loopback ports from one data file. */
import { adminKeyFor } from "./auth/admin-key.ts";
import type { ConflictOptions } from "./conflicts/pace.ts";
import { type Served, serve } from "./serve.ts";
import { startBackend } from "./worker-backend.ts";

export type ConvexOptions = {
  functionsDir: string;
  /** Port of the HTTP API and the sync sockets. 0 for any free port, also for `sitePort`. */
  port: number;
  sitePort: number;
  dataFile: string;
  /** The functions' `process.env`, to which CONVEX_URL and CONVEX_SITE_URL are added. */
  env: Record<string, string>;
  /** Receives the lines that functions and the server log. */
  log: (line: string) => void;
  /** Whether to reload when the folder changes. */
  watch?: boolean;
  /**
   * Makes concurrent mutations conflict by Convex's rules, with the time that a mutation takes. By default mutations run
   * one after another.
   */
  conflicts?: ConflictOptions | null;
};

/**
 * Starts a deployment. Resolves once it serves requests.
 *
 * @throws {Error} with a readable message when a port is in use, the functions cannot be loaded, or another process uses
 *   the data file. Nothing keeps running then.
 */
export function startConvex({
  functionsDir,
  port,
  sitePort,
  dataFile,
  env,
  log,
  watch = false,
  conflicts = null,
}: ConvexOptions): Promise<Served> {
  return serve({
    port,
    sitePort,
    adminKey: adminKeyFor(dataFile),
    log,
    start: async ({ url, siteUrl }) => {
      const all = { ...env, CONVEX_URL: url, CONVEX_SITE_URL: siteUrl, CONVEX_CLOUD_URL: url };
      const backend = await startBackend({ functionsDir, dataFile, env: all, log, watch, conflicts });
      return { backend, files: backend, admin: backend.admin };
    },
  });
}

/** A Convex deployment for one machine: the functions of a folder, on two loopback ports, over one data file. */
import { adminKeyFor } from "./auth/admin-key.ts";
import { type Served, serve } from "./serve.ts";
import { startBackend } from "./worker-backend.ts";

export type ConvexOptions = {
  functionsDir: string;
  /** 0 for any free one, for both. */
  port: number;
  sitePort: number;
  dataFile: string;
  /** The functions' `process.env`; CONVEX_URL and CONVEX_SITE_URL are added. */
  env: Record<string, string>;
  /** Gets what functions print and what the server has to say, line by line. */
  log: (line: string) => void;
  /** Whether a change in the folder is taken up at once. */
  watch?: boolean;
};

/**
 * Starts it, and answers when it serves.
 *
 * @throws an Error for a person to read: a port that is taken, functions that cannot be loaded, a data file that
 *   another process holds. Nothing is left running then.
 */
export function startConvex({
  functionsDir,
  port,
  sitePort,
  dataFile,
  env,
  log,
  watch = false,
}: ConvexOptions): Promise<Served> {
  return serve({
    port,
    sitePort,
    adminKey: adminKeyFor(dataFile),
    log,
    start: async ({ url, siteUrl }) => {
      const all = { ...env, CONVEX_URL: url, CONVEX_SITE_URL: siteUrl, CONVEX_CLOUD_URL: url };
      const backend = await startBackend({ functionsDir, dataFile, env: all, log, watch });
      return { backend, files: backend, insides: { tables: backend, env: all } };
    },
  });
}

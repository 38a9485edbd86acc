/** Local services in place of those that are not configured: WorkOS emulator and local Convex backend. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { adminKeyFor, conflictsFrom, startConvex } from "convex-local";
import { startWorkOS } from "workos-local";
import type { LocalConfig } from "../config.ts";
import type { Ports } from "../ports.ts";
import type { DataDir } from "./data-dir.ts";
import type { Lifetime } from "./lifetime.ts";

/** An error that the user can fix. Its message is shown without a stack trace. */
export class StartError extends Error {
  override readonly name = "StartError";
}

export type EmulatorOptions = {
  root: string;
  ports: Ports;
  dir: DataDir;
  config: LocalConfig;
  lifetime: Lifetime;
  log: (line: string) => void;
};

/**
 * Starts the local services that are needed.
 *
 * @returns An address for each one that responds when it is ready.
 */
export async function startEmulators({
  root,
  ports,
  dir,
  config,
  lifetime,
  log,
}: EmulatorOptions): Promise<string[]> {
  const health: string[] = [];
  if (config.emulated.workos) {
    const workos = await startWorkOS({
      port: ports.workos,
      dataFile: dir.workosFile,
      clientId: config.env.workosClientId,
      apiKey: config.env.workosApiKey,
      signInUrl: `${config.env.appUrl}/api/auth/login`,
      ...(process.env.WORKOS_EMULATOR_STRICT === "1" && { refreshReplaySeconds: 0 }),
      ...(config.emulated.convex && {
        webhook: {
          url: `http://127.0.0.1:${ports.convexSite}/webhooks/workos`,
          secret: config.convex.WORKOS_WEBHOOK_SECRET ?? "",
        },
      }),
    });
    lifetime.onEnd("WorkOS emulator", workos.close);
    health.push(`${workos.url}/sso/jwks/${config.env.workosClientId}`);
  }
  if (config.emulated.convex) {
    const starting = startConvex({
      functionsDir: join(root, "convex"),
      port: ports.convex,
      sitePort: ports.convexSite,
      dataFile: dir.convexFile,
      env: config.convex,
      conflicts: conflictsFrom(process.env),
      log,
      watch: true,
    });
    const convex = await starting.catch(refuse);
    lifetime.onEnd("local Convex", convex.close);
    writeFileSync(dir.adminKeyFile, adminKeyFor(dir.convexFile), { mode: 0o600 });
    health.push(`${convex.url}/version`);
  }
  return health;
}

/** Reports errors in `convex/` by their message alone. A port in use is reported elsewhere. */
function refuse(error: Error & { code?: string }): never {
  throw error.code === "EADDRINUSE"
    ? error
    : new StartError(`The local Convex could not start: ${error.message}`);
}

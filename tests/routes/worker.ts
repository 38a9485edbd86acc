/** The built worker in workerd, with wrangler's bindings and, if wanted, a captured log and proxied outbound requests. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from "miniflare";
import type { Outbound } from "./outbound.ts";
import type { WorkerLog } from "./worker-log.ts";

export type WorkerOptions = {
  /** Environment variables of the worker. */
  env: Record<string, string>;
  /** Folder of the build; that of this checkout by default. */
  build?: string;
  /** Port of the first isolate; any free port by default. */
  port?: number;
  /** Gets the outbound requests; they go to the network by default. */
  outbound?: Outbound;
  /** Gets the log; without it, nothing is logged. */
  log?: WorkerLog;
  /** Folder of the persisted Durable Objects and KV data. */
  keptIn: string;
  /** Number of isolates; they share the Durable Objects. */
  isolates?: 1 | 2;
  /** Divides the rate limits, so that a test reaches them with fewer requests; 1 by default. */
  limitsDividedBy?: number;
};

export type Worker = {
  /** Addresses of the first isolate and, if there is one, the second. */
  urls: [URL, ...URL[]];
  stop(): Promise<void>;
};

/** Used part of `build/server/wrangler.json`. */
type BuiltConfig = {
  main: string;
  compatibility_date: string;
  compatibility_flags?: string[];
  assets?: {
    binding?: string;
    html_handling?: string;
    not_found_handling?: string;
    run_worker_first?: string[];
  };
  durable_objects: { bindings: { name: string; class_name: string }[] };
  kv_namespaces: { binding: string }[];
  ratelimits?: { name: string; namespace_id: string; simple: { limit: number; period: 10 | 60 } }[];
};

const BUILD = path.resolve(import.meta.dirname, "../../build");

function builtConfig(build: string): BuiltConfig {
  try {
    return JSON.parse(readFileSync(path.join(build, "server/wrangler.json"), "utf8")) as BuiltConfig;
  } catch (cause) {
    throw new Error("There is no built worker: run `npm run build` first", { cause });
  }
}

/** Returns the configured requests per minute of a rate limit. */
export function limitPerMinute(name: string): number {
  const limit = builtConfig(BUILD).ratelimits?.find((one) => one.name === name);
  if (limit?.simple.period !== 60) throw new Error(`${name} has no limit per minute`);
  return limit.simple.limit;
}

/** Returns every module of the build, the entry first. */
function builtModules(server: string, main: string): { type: "ESModule"; path: string }[] {
  const names = readdirSync(server, { recursive: true, encoding: "utf8" }).filter((name) =>
    /\.m?js$/.test(name),
  );
  const ordered = [main, ...names.filter((name) => name !== main)];
  return ordered.map((name) => ({ type: "ESModule", path: path.join(server, name) }));
}

function limitsOf({ ratelimits = [] }: BuiltConfig, divisor: number) {
  return Object.fromEntries(
    ratelimits.map(({ name, simple, ...rest }) => [
      name,
      { ...rest, simple: { ...simple, limit: simple.limit / divisor } },
    ]),
  );
}

function assetsOf(build: string, config: BuiltConfig) {
  const { binding, html_handling, not_found_handling, run_worker_first } = config.assets ?? {};
  return {
    directory: path.join(build, "client"),
    ...(binding !== undefined && { binding }),
    ...(run_worker_first !== undefined && { run_worker_first }),
    routerConfig: { has_user_worker: true },
    assetConfig: {
      html_handling: html_handling as "drop-trailing-slash",
      not_found_handling: (not_found_handling ?? "none") as "none",
    },
  };
}

/**
 * Starts the built worker.
 * @param options - Configuration, proxy and log of the worker.
 * @returns The addresses of the worker, and a function to stop it.
 * @throws {Error} when there is no build.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const build = options.build ?? BUILD;
  const server = path.join(build, "server");
  const config = builtConfig(build);
  const isolate = (name: string) => ({
    name,
    modules: builtModules(server, config.main),
    modulesRoot: server,
    compatibilityDate: config.compatibility_date,
    compatibilityFlags: config.compatibility_flags ?? [],
    bindings: { ...options.env, CF_VERSION_METADATA: { id: "routes", tag: "", timestamp: "" } },
    kvNamespaces: Object.fromEntries(config.kv_namespaces.map(({ binding }) => [binding, binding])),
    ratelimits: limitsOf(config, options.limitsDividedBy ?? 1),
    durableObjects: Object.fromEntries(
      config.durable_objects.bindings.map(({ name: binding, class_name: className }) => [
        binding,
        { className, useSQLite: true, ...(name !== "mosaic" && { scriptName: "mosaic" }) },
      ]),
    ),
    ...(options.outbound && { outboundService: { node: options.outbound.handle } }),
    unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }],
    assets: assetsOf(build, config),
  });
  const names = options.isolates === 2 ? ["mosaic", "second"] : ["mosaic"];
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      host: "127.0.0.1",
      port: options.port ?? 0,
      cf: false,
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: options.log?.take ?? (() => undefined),
      resourcePersistencePath: options.keptIn,
      workers: names.map(isolate),
    }),
  );
  const first = await miniflare.ready;
  const others = await Promise.all(names.slice(1).map((name) => miniflare.unsafeGetDirectURL(name)));
  return { urls: [first, ...others], stop: () => miniflare.dispose() };
}

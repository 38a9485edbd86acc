/** App process: Vite with hot reload for `npm run dev`, wrangler with the build for `npm start`. */
import { join } from "node:path";
import { CONFIG_NAMES, type LocalConfig } from "../config.ts";
import { writeDevVars } from "../dev-vars.ts";
import type { Ports } from "../ports.ts";
import { type Child, startChild } from "./child.ts";
import type { DataDir } from "./data-dir.ts";

export type AppOptions = {
  root: string;
  ports: Ports;
  dir: DataDir;
  config: LocalConfig;
  // agents:start
  /** The demo is running: hides the log lines of its metrics, which would flood the terminal. */
  demo: boolean;
  // agents:end
};

/** A session may use several cookies of 4 KB, but Node limits headers to 16 KB by default. */
const HEADER_BYTES = 65_536;

/** Starts Vite's development server, which runs the worker in workerd with hot reload. */
export function startDevelopment({
  root,
  ports,
  dir,
  config,
  demo, // agents:line
}: AppOptions): Child {
  const isNoise = (line: string) => demo && line.includes('"route":"/api/v1/metrics","status":202'); // agents:line
  writeDevVars(dir.devVars, config.worker);
  return startChild(
    [
      `--max-http-header-size=${HEADER_BYTES}`,
      join(root, "node_modules/@react-router/dev/bin.cjs"),
      "dev",
      ...["--host", "127.0.0.1", "--port", String(ports.app), "--strictPort"],
    ],
    {
      cwd: root,
      env: { ...environment(dir), NODE_ENV: "development" },
      isNoise, // agents:line
    },
  );
}

/** Serves this copy's build with `wrangler dev`. */
export function startBuilt({ root, ports, dir, config }: AppOptions): Child {
  writeDevVars(join(dir.servedBuild, "server", ".dev.vars"), config.worker);
  return startChild(
    [
      // Not `npx wrangler`, which leaves workerd running when it is ended.
      join(root, "node_modules/wrangler/bin/wrangler.js"),
      "dev",
      ...["--config", join(dir.servedBuild, "server", "wrangler.json")],
      ...["--ip", "127.0.0.1", "--port", String(ports.app), "--inspector-port", "0"],
      ...["--persist-to", dir.workerState],
      "--show-interactive-dev-session=false",
    ],
    { cwd: root, env: environment(dir), isNoise: isWranglersNoise },
  );
}

/**
 * Returns whether a line is wrangler's request log, which duplicates the app's, or workerd's error about a
 * client that disconnected.
 */
function isWranglersNoise(line: string): boolean {
  return line === "" || /^\[wrangler:info\]|^ {2}stack: |\bdisconnected: /.test(line);
}

/**
 * Returns the environment of the app's process: the launcher's without the configuration, which the worker
 * reads only from a file, and without variables that would select another one. Telemetry is off.
 */
function environment(dir: DataDir): NodeJS.ProcessEnv {
  const { CLOUDFLARE_ENV: _, NODE_ENV: __, ...rest } = process.env;
  const inherited = Object.fromEntries(Object.entries(rest).filter(([name]) => !CONFIG_NAMES.includes(name)));
  return {
    ...inherited,
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_SEND_METRICS: "false",
    WRANGLER_REGISTRY_PATH: dir.registry,
    WRANGLER_LOG_PATH: join(dir.toolSettings, "logs"),
    XDG_CONFIG_HOME: dir.toolSettings,
    XDG_CACHE_HOME: dir.toolSettings,
    TMPDIR: dir.temporary,
    MOSAIC_DATA_DIR: dir.path,
  };
}

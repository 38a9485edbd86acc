/**
 * `npm run dev` and, with `--built`, `npm start`: starts the app and its local services, reports when they
 * are ready, and stops everything together.
 */
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { EnvError } from "../app/request/env.server.ts";
import { type LocalConfig, readConfig } from "./config.ts";
import { runDemo } from "./demo/run.ts";
import { readDevVars } from "./dev-vars.ts";
import ownChildren from "./exit-cleanly/own-children.cjs";
import { startBuilt, startDevelopment } from "./launch/app.ts";
import { BuildError, ensureBuild } from "./launch/build.ts";
import { claim, dataDir, ownPassword } from "./launch/data-dir.ts";
import { StartError, startEmulators } from "./launch/emulators.ts";
import { createLifetime, type Lifetime } from "./launch/lifetime.ts";
import { untilAnswers } from "./launch/ready.ts";
import { storageProblem } from "./launch/storage.ts";
import { busyMessage, busyPorts, type Ports, portsFrom } from "./ports.ts";

const root = process.cwd();
const built = process.argv.includes("--built");

const log = (line: string) => void process.stdout.write(`${line}\n`);

const lifetime = createLifetime();
ownChildren.handleSignalsMyself();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => lifetime.end(0));
process.on("uncaughtException", (error) => lifetime.end(1, `The launcher failed: ${error.stack ?? error}`));

try {
  await launch(lifetime);
} catch (error) {
  // Errors during shutdown are consequences of it, so only earlier ones are reported.
  if (!lifetime.signal.aborted) lifetime.end(1, explain(error));
}

async function launch({ signal, end, onEnd }: Lifetime): Promise<void> {
  const ports = portsFrom(process.env.PORT);
  const dir = dataDir(root, ports.app, process.env.LOCAL_DIR);
  const devVars = readDevVars(join(root, ".dev.vars"));
  const config = readConfig(process.env, devVars, ports, () => ownPassword(dir));
  const demo = !built && !process.argv.includes("--no-demo") && Object.values(config.emulated).every(Boolean); // agents:line
  const busy = await busyPorts(portsToUse(ports, config));
  if (busy.length > 0) throw new StartError(busyMessage(busy));
  const lock = claim(dir);
  if (lock === null) throw new StartError(`Mosaic is already running with the data in ${dir.path}.`);
  onEnd("data folder", lock.release);
  const emptyTemporary = () => rmSync(dir.temporary, { recursive: true, force: true });
  emptyTemporary();
  mkdirSync(dir.temporary);
  onEnd("temporary folder", emptyTemporary);

  // App and services start in parallel: the app answers /healthz without its services.
  const startApp = async () => {
    if (built) await ensureBuild({ root, copyTo: dir.servedBuild, signal, log });
    signal.throwIfAborted();
    const child = (built ? startBuilt : startDevelopment)({
      root,
      ports,
      dir,
      config,
      demo, // agents:line
    });
    onEnd("app", child.stop);
    void child.ended.then((how) => {
      const said = child.held();
      end(1, `${said}${said && "\n"}The app stopped by itself (${how}); ending the rest.`);
    });
    return child;
  };
  const [health, app] = await Promise.all([
    startEmulators({ root, ports, dir, config, lifetime, log }),
    startApp(),
  ]);
  const addresses = [...health, `http://127.0.0.1:${ports.app}/healthz`];
  await Promise.all(addresses.map((address) => untilAnswers(address, signal)));
  app.show();
  log(welcome(config));
  // agents:start
  if (demo) {
    const appUrl = `http://127.0.0.1:${ports.app}`;
    void runDemo({ appUrl, convexUrl: config.env.convexUrl, keysFile: dir.demoKeys, signal }, log);
  }
  // agents:end
}

/** Returns the ports that this copy will listen on. A configured service needs none. */
function portsToUse(ports: Ports, { emulated }: LocalConfig): number[] {
  return [
    ports.app,
    ...(emulated.workos ? [ports.workos] : []),
    ...(emulated.convex ? [ports.convex, ports.convexSite] : []),
  ];
}

function welcome({ env, emulated, warnings }: LocalConfig): string {
  const origin = (address: string, local: boolean) =>
    `${address} (${local ? "local emulator" : "as configured: no emulator"})`;
  const people = [
    "Sign in as ada@example.com (admin), grace@example.com (developer),",
    "           or alan@example.com (viewer)",
  ];
  const addresses: [name: string, address: string][] = [
    ["Mosaic", env.appUrl],
    ["WorkOS", origin(env.workosApiUrl, emulated.workos)],
    ["Convex", origin(env.convexUrl, emulated.convex)],
  ];
  const width = Math.max(...addresses.map(([name]) => name.length)) + 5;
  return [
    "",
    ...addresses.map(([name, address]) => `  ${name.padEnd(width)}${address}`),
    ...(emulated.workos ? people.map((line) => `  ${line}`) : []),
    ...warnings.map((warning) => `  Note: ${warning}`),
    "  Ctrl-C ends everything.",
    "",
  ].join("\n");
}

function explain(error: unknown): string {
  const forPeople = [StartError, RangeError, BuildError, EnvError];
  if (forPeople.some((kind) => error instanceof kind)) return (error as Error).message;
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE" && "port" in error) {
    return busyMessage([Number(error.port)]);
  }
  const problem = storageProblem(error);
  if (problem !== null) return problem;
  return `Mosaic could not start: ${error instanceof Error ? (error.stack ?? error.message) : error}`;
}

/** Ports of one copy of Mosaic, and whether they are free. */
import { createServer } from "node:net";

/** The port of each part; all are derived from the app's. */
export type Ports = { app: number; workos: number; convex: number; convexSite: number };

const DEFAULT_PORT = 8787;
const HIGHEST = 65_535 - 3;

/**
 * Returns the ports derived from `PORT`.
 *
 * @param value - `PORT` from the environment; absent or empty means 8787.
 * @throws {RangeError} when it is not a port, or leaves no room for the three that follow it.
 */
export function portsFrom(value: string | undefined): Ports {
  const app = value === undefined || value === "" ? DEFAULT_PORT : Number(value);
  if (!Number.isInteger(app) || app < 1 || app > HIGHEST) {
    throw new RangeError(`PORT must be a whole number from 1 to ${HIGHEST}: three more follow it.`);
  }
  return { app, workos: app + 1, convex: app + 2, convexSite: app + 3 };
}

/** Returns those of the ports that another process listens on, over IPv4 or IPv6. */
export async function busyPorts(ports: readonly number[]): Promise<number[]> {
  const busy = await Promise.all(
    ports.map(async (port) => (await isBusy("127.0.0.1", port)) || (await isBusy("::1", port))),
  );
  return ports.filter((_, index) => busy[index]);
}

function isBusy(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    // Other errors, such as missing IPv6, do not mean that the port is in use.
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "EADDRINUSE"));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(false)));
  });
}

/** Returns the error message for busy ports, in one line. */
export function busyMessage(ports: readonly number[]): string {
  const named = ports.length === 1 ? `Port ${ports[0]} is` : `Ports ${ports.join(", ")} are`;
  return `${named} in use. Stop what listens there, or set PORT to another number.`;
}

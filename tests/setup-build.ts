/** Updates `build/` before the tests that run the built worker. */
import { ensureBuild } from "../local/launch/build.ts";

const GIVE_UP_MS = 300_000;

export default async function setup(): Promise<void> {
  await ensureBuild({
    root: process.cwd(),
    signal: AbortSignal.timeout(GIVE_UP_MS),
    log: (line) => process.stdout.write(`${line}\n`),
  });
}

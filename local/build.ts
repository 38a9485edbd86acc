/** `npm run build`: builds the deployable worker and its assets into `build/`. */
import ownChildren from "./exit-cleanly/own-children.cjs";
import { BuildError, ensureBuild } from "./launch/build.ts";

const controller = new AbortController();
ownChildren.handleSignalsMyself();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => controller.abort());

try {
  await ensureBuild({
    root: process.cwd(),
    always: true,
    signal: controller.signal,
    log: (line) => process.stdout.write(`${line}\n`),
  });
  process.stdout.write("Built into build/.\n");
} catch (error) {
  if (controller.signal.aborted) process.exit(130);
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

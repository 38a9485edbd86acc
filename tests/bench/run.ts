/** `npm run bench`: all benchmarks. `npm run bench -- page clone` runs only these two. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { benchAlerts } from "./alerts.ts";
import { benchBrowser } from "./browser.ts";
import { benchClone } from "./clone.ts";
import { benchCost } from "./cost.ts";
import { benchDeletion } from "./deletion.ts";
import { benchFar } from "./far.ts";
import { benchIngest } from "./ingest.ts";
import { benchOtlp } from "./otlp.ts";
import { benchPage } from "./page.ts";
import { benchRunning } from "./running.ts";
import { benchScale } from "./scale.ts";
import { benchSeries } from "./series.ts";
import { benchWorkarounds } from "./workarounds.ts";

const FIGURES: Record<string, () => Promise<void>> = {
  page: benchPage,
  workarounds: benchWorkarounds,
  running: benchRunning,
  ingest: benchIngest,
  otlp: benchOtlp,
  far: benchFar,
  browser: benchBrowser,
  series: benchSeries,
  scale: benchScale,
  deletion: benchDeletion,
  cost: benchCost,
  alerts: benchAlerts,
  convex: benchConvex,
  clone: benchClone,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in FIGURES));
if (unknown.length > 0) {
  process.stderr.write(
    `No such figure: ${unknown.join(", ")}. There are ${Object.keys(FIGURES).join(", ")}.\n`,
  );
  process.exit(1);
}
for (const [name, measure] of Object.entries(FIGURES)) {
  if (wanted.length === 0 || wanted.includes(name)) await measure();
}

/** Runs in a separate process, because its memory is measured. */
async function benchConvex(): Promise<void> {
  const { status } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, "../../packages/convex-local/tests/bench.ts")],
    {
      stdio: "inherit",
    },
  );
  if (status !== 0) throw new Error("the figures of the local Convex could not be taken");
}

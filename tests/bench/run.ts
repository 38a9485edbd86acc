/** `npm run bench`: the figures. `npm run bench -- page clone` takes only these. */
import { benchClone } from "./clone.ts";
import { benchPage } from "./page.ts";
import { benchRunning } from "./running.ts";

const FIGURES: Record<string, () => Promise<void>> = {
  page: benchPage,
  running: benchRunning,
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

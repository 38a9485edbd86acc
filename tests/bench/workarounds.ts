/**
 * Benchmark of each workaround for React Router's cost: the CPU time of a signed-in `/dashboard` with 50
 * projects, compared with the same build without that workaround.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { load, quantile } from "./load.ts";
import { ASKED, compatibilityDateIn, modulesIn, shuffled, sorted, startMosaic } from "./page.ts";
import { BANNER_LINKS, buildVariant, type Change, ROW_LINKS, STREAMED, UNPACKED } from "./template.ts";
import { startWorkerd, type Workerd } from "./workerd.ts";

const ROUNDS = 12;
const WINDOW_MS = 1_000;
const WARM_MS = 300;
const AT_ONCE = 4;

/** What is built without each workaround. */
const WITHOUT: Record<string, readonly Change[]> = {
  "hand-off": STREAMED,
  packed: UNPACKED,
  routers: [
    ["app/react-router/routers.ts", "if (id === null) return all;", "if (id !== undefined) return all;"],
  ],
  "banner-anchors": BANNER_LINKS,
  "plain-anchors": ROW_LINKS,
};

export async function benchWorkarounds(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-bench-"));
  const closing: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    const builds: Record<string, string> = { build: await buildVariant(folder, "ours", []) };
    for (const [name, changes] of Object.entries(WITHOUT)) {
      builds[name] = await buildVariant(folder, `without-${name}`, changes);
    }
    const ours = String(builds.build);
    const { app, grace, variables, answerOf } = await startMosaic(folder, closing, ours);
    const { cookie } = grace;
    await fetch(`${app.url}/dashboard`, { headers: { cookie } });
    const near = Object.fromEntries(ASKED.slice(0, 1).map((name) => [name, answerOf(name)]));
    const servers: Record<string, Workerd> = {};
    for (const [name, build] of Object.entries(builds)) {
      servers[name] = await startWorkerd(folder, name, {
        modules: modulesIn(folder, build),
        compatibilityDate: compatibilityDateIn(build),
        variables,
        isApp: true,
        near,
      });
      closing.push(servers[name].close);
    }
    print(await measure(servers, { cookie }));
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** Returns the CPU milliseconds per request of each window, by round. */
async function measure(
  servers: Record<string, Workerd>,
  headers: Record<string, string>,
): Promise<Record<string, number[]>> {
  const costs = Object.fromEntries(Object.keys(servers).map((name) => [name, [] as number[]]));
  for (let round = -1; round < ROUNDS; round++) {
    for (const [name, server] of shuffled(Object.entries(servers))) {
      const url = `${server.url}/dashboard`;
      await load(url, { milliseconds: WARM_MS, atOnce: AT_ONCE, headers });
      const before = server.cpuSeconds();
      const { answered } = await load(url, { milliseconds: WINDOW_MS, atOnce: AT_ONCE, headers });
      // Round -1 warms up.
      if (round >= 0) costs[name]?.push(((server.cpuSeconds() - before) * 1000) / answered);
    }
  }
  return costs;
}

function print({ build: ours = [], ...costs }: Record<string, number[]>): void {
  const median = (list: readonly number[]) => quantile(sorted(list), 0.5);
  process.stdout.write(`CPU per request of /dashboard with 50 projects: ${median(ours).toFixed(2)} ms\n`);
  for (const [name, list] of Object.entries(costs)) {
    const ratios = list.map((cost, round) => cost / (ours[round] ?? 0));
    const [half, low, high] = [0.5, 0.25, 0.75].map((share) => quantile(sorted(ratios), share).toFixed(2));
    process.stdout.write(
      `  without ${name.padEnd(14)} ${median(list).toFixed(2)} ms, ${half} times (${low} to ${high})\n`,
    );
  }
}

/**
 * Benchmark of `metrics.series` for a time series with 1,000 points and one with a million, in two
 * deployments measured alternately. Points are stored by the ingestion's mutation.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JSONValue } from "convex/values";
import { type Backend, type Identity, startBackend } from "convex-local";
import { hashOfKey } from "../../convex/model/keys.ts";
import { localDefaults } from "../../local/config.ts";
import { provenArgs } from "../convex/proof.ts";
import { quantile } from "./load.ts";

const SMALL = 1_000;
const LARGE = 1_000_000;
const BATCH = 500;
/** Below the limit of 600 batches a minute for each API key. */
const BATCHES_OF_A_KEY = 500;
const DAY_MS = 24 * 60 * 60 * 1000;
const ASKED = 400;

type Deployment = { backend: Backend; identity: Identity; projectId: string; secret: string };

export async function benchSeries(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mosaic-series-"));
  const opened: Backend[] = [];
  try {
    const [small, large] = [await open(folder, "small", opened), await open(folder, "large", opened)];
    await fill(small, SMALL);
    const began = performance.now();
    await fill(large, LARGE);
    const rate = LARGE / ((performance.now() - began) / 1000);
    print(`storing ${LARGE} points with their rollups`, `${Math.round(rate)} points/s`);
    for (const range of ["7d", "24h"] as const) {
      const times: [number[], number[]] = [[], []];
      for (let turn = -50; turn < ASKED; turn++) {
        for (const [index, deployment] of [small, large].entries()) {
          const asked = performance.now();
          await series(deployment, range);
          if (turn >= 0) times[index]?.push(performance.now() - asked); // the first turns warm up
        }
      }
      const [few, many] = times.map((list) =>
        quantile(
          list.toSorted((a, b) => a - b),
          0.5,
        ),
      );
      if (few === undefined || many === undefined) throw new Error("nothing was measured");
      print(
        `metrics.series over ${range}`,
        `${few.toFixed(2)} ms at ${SMALL} points, ${many.toFixed(2)} ms at ${LARGE}: ${(many / few).toFixed(2)}, at most 1.50`,
      );
    }
  } finally {
    await Promise.all(opened.map((backend) => backend.close()));
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Opens a deployment with one user and one project. */
async function open(folder: string, name: string, opened: Backend[]): Promise<Deployment> {
  const env = localDefaults({ app: 1, workos: 2, convex: 3, convexSite: 4 });
  const backend = await startBackend({
    functionsDir: "convex",
    dataFile: join(folder, `${name}.sqlite`),
    env,
    log: () => undefined,
    watch: false,
  });
  opened.push(backend);
  const issuer = String(env.WORKOS_API_URL);
  const identity = { issuer, subject: "user_1", tokenIdentifier: `${issuer}|user_1` };
  const secret = String(env.CONVEX_EDGE_SECRET);
  const deployment = { backend, identity, secret, projectId: "" };
  await mutate(deployment, "users:syncFromWorkOS", {
    workosUserId: "user_1",
    email: "grace@example.com",
    emailVerified: true,
    edge: secret,
  });
  const projectId = String(await mutate(deployment, "projects:create", { name: "Measured" }));
  return { ...deployment, projectId };
}

/** Stores points of one time series, spread evenly over a week. */
async function fill(deployment: Deployment, count: number): Promise<void> {
  const { projectId, secret } = deployment;
  const last = Date.now() - 60_000;
  const step = (7 * DAY_MS - 60 * 60_000) / count;
  let keyHash = "";
  for (let first = 0; first < count; first += BATCH) {
    if ((first / BATCH) % BATCHES_OF_A_KEY === 0) {
      const { key } = (await mutate(deployment, "projectKeys:create", { projectId, name: "Agent" })) as {
        key: string;
      };
      keyHash = await hashOfKey(key);
    }
    const metrics = Array.from({ length: Math.min(BATCH, count - first) }, (_, index) => ({
      agent: "scout",
      name: "latency",
      value: index,
      at: Math.round(last - (count - first - index) * step),
    }));
    const batch = { metrics, statuses: [], bodyHash: String(first) };
    const answer = await mutate(deployment, "metrics:ingest", {
      edge: secret,
      keyHash,
      path: "/api/v1/metrics",
      batch,
    });
    if ((answer as { outcome: string }).outcome !== "accepted") throw new Error(JSON.stringify(answer));
  }
  while ((await countedPoints(deployment)) < count) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** Returns how many points the compactor has folded. */
async function countedPoints({ backend, identity, projectId }: Deployment): Promise<number> {
  const args = { projectId, agent: "scout", name: "latency", range: "7d" };
  const { outcome } = await backend.query({ path: "metrics:series", args, identity, caller: "public" });
  if (!outcome.ok) return 0;
  return (outcome.value as { count: number }[]).reduce((all, { count }) => all + count, 0);
}

async function series({ backend, identity, projectId }: Deployment, range: string): Promise<void> {
  const args = { projectId, agent: "scout", name: "latency", range };
  const { outcome } = await backend.query({ path: "metrics:series", args, identity, caller: "public" });
  if (!outcome.ok) throw new Error(outcome.errorMessage);
  if ((outcome.value as JSONValue[]).length < 100) throw new Error("the chart has too few buckets");
}

async function mutate(
  { backend, identity }: Deployment,
  path: string,
  args: Record<string, JSONValue>,
): Promise<JSONValue> {
  const sent = await provenArgs(path, args);
  const { outcome } = await backend.mutation({ path, args: sent, identity, caller: "public" });
  if (!outcome.ok) throw new Error(outcome.errorMessage);
  return outcome.value;
}

function print(what: string, value: string): void {
  process.stdout.write(`${what}: ${value}\n`);
}

/**
 * Benchmark of metrics on `npm start`: ingestion rate, delay until a live query shows a metric, and the cost
 * of a dashboard with 50 projects that all have agents.
 */
import { gzipSync } from "node:zlib";
import { ConvexClient } from "convex/browser";
import { api } from "../../convex/_generated/api.js";
import { type DemoAgent, type Metric, pastOf } from "../../local/demo/figures.ts";
import { cleanUp, run } from "../launcher/copy.ts";
import { load, quantile } from "./load.ts";
import { type Made, makeProject, type Signed, signedIn } from "./person.ts";

const BATCH = 500;
const ROUNDS = 30;
const SHOWN = 20;
/** Time between the metrics of the measured agent, in ms. */
const PAUSE_MS = 1_000;
const PROJECTS = 50;
const HTML_LIMIT_BYTES = 60_000;

export async function benchIngest(): Promise<void> {
  try {
    const copy = await run("start");
    await copy.ready();
    const url = `http://127.0.0.1:${copy.ports.app}`;
    const convexUrl = `http://127.0.0.1:${copy.ports.convex}`;
    const grace = await signedIn(url, convexUrl, "grace@example.com");
    const project = await makeProject(url, grace, "Measured");
    await throughput(url, project);
    await untilShown(url, convexUrl, grace, project);
    await dashboards(url, grace, await signedIn(url, convexUrl, "ada@example.com"));
  } finally {
    await cleanUp();
  }
}

/** Measures alternating batches of 500 and of 1, then batches of 500 from four agents at once. */
async function throughput(url: string, { key }: Made): Promise<void> {
  const times: Record<"large" | "small", number[]> = { large: [], small: [] };
  for (let round = -3; round < ROUNDS; round++) {
    for (const [name, size] of [["large", BATCH] as const, ["small", 1] as const]) {
      const began = performance.now();
      await post(url, key, metrics(size));
      if (round >= 0) times[name].push(performance.now() - began); // the first rounds warm up
    }
  }
  const large = middle(times.large);
  const small = middle(times.small);
  print(
    "a batch of 500 through the edge",
    `${large.toFixed(1)} ms, ${Math.round((BATCH * 1000) / large)} items/s; ${(large / small).toFixed(1)} times a batch of 1 (${small.toFixed(1)} ms)`,
  );
  const began = performance.now();
  const agent = async () => {
    for (let round = 0; round < ROUNDS; round++) await post(url, key, metrics(BATCH));
  };
  await Promise.all([agent(), agent(), agent(), agent()]);
  const rate = (4 * ROUNDS * BATCH * 1000) / (performance.now() - began);
  print("batches of 500 from four agents at once", `${Math.round(rate)} items/s`);
}

/** Measures the time until a subscriber receives a metric, from its sending and from its acceptance. */
async function untilShown(url: string, convexUrl: string, { token }: Signed, { projectId, key }: Made) {
  const client = new ConvexClient(convexUrl);
  client.setAuth(async () => token);
  let awaited = Number.NaN;
  let seen: (at: number) => void = () => undefined;
  client.onUpdate(
    api.metrics.series,
    { projectId, agent: "shown", name: "steps", range: "1h" },
    (buckets) => {
      if (buckets.some(({ max }) => max === awaited)) seen(performance.now());
    },
    // The time series does not exist before its first point.
    () => undefined,
  );
  const fromSent: number[] = [];
  const fromAccepted: number[] = [];
  for (let step = 1; step <= SHOWN; step++) {
    awaited = step;
    const shown = new Promise<number>((resolve) => {
      seen = resolve;
    });
    const sent = performance.now();
    await post(url, key, [{ agent: "shown", name: "steps", value: step, at: Date.now() }]);
    const accepted = performance.now();
    const at = await shown;
    fromSent.push(at - sent);
    fromAccepted.push(Math.max(0, at - accepted));
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  await client.close();
  print(
    "a metric a second or less on an open live query",
    `${middle(fromAccepted).toFixed(1)} ms after it was accepted, ${middle(fromSent).toFixed(1)} ms after it was sent, at the median; under 1000`,
  );
}

/** Measures the dashboard with 50 projects and the one with a single project, alternating. */
async function dashboards(url: string, many: Signed, one: Signed): Promise<void> {
  for (let index = 1; index < PROJECTS; index++) await makeProject(url, many, `Project ${index}`, past());
  await makeProject(url, one, "Only one", past());
  const times: Record<"many" | "one", number[]> = { many: [], one: [] };
  for (let round = -1; round < 5; round++) {
    for (const [name, { cookie }] of [["many", many] as const, ["one", one] as const]) {
      const loaded = await load(`${url}/dashboard`, { milliseconds: 1_000, atOnce: 1, headers: { cookie } });
      if (round >= 0) times[name].push(...loaded.times);
    }
  }
  const html = Buffer.from(
    await (await fetch(`${url}/dashboard`, { headers: { cookie: many.cookie } })).arrayBuffer(),
  );
  const [p50, p95] = [0.5, 0.95].map((share) =>
    quantile(
      times.many.toSorted((a, b) => a - b),
      share,
    ),
  );
  const single = middle(times.one);
  print(
    `/dashboard, ${PROJECTS} projects with agents`,
    `p50 ${p50?.toFixed(1)} ms, p95 ${p95?.toFixed(1)} ms; ${((p50 ?? Number.NaN) / single).toFixed(1)} times one project (${single.toFixed(1)} ms)`,
  );
  print("its HTML", `${html.length} bytes, ${gzipSync(html).length} gzipped, under ${HTML_LIMIT_BYTES}`);
}

/** Returns a day of metrics from two agents with two time series each. */
function past(): Metric[] {
  const figure = (name: string) => ({ name, middle: 50, swing: 20, noise: 5, decimals: 1 });
  const agent = (name: string): DemoAgent => ({
    agent: name,
    every: 10,
    figures: [figure("tasks done"), figure("seconds per task")],
  });
  return pastOf([agent("planner"), agent("worker")], Date.now()).slice(-BATCH);
}

function metrics(count: number): Metric[] {
  const at = Date.now();
  return Array.from({ length: count }, (_, index) => ({
    agent: `agent ${index % 5}`,
    name: `figure ${index % 4}`,
    value: index,
    at: at - (index % 60) * 1000,
  }));
}

async function post(url: string, key: string, sent: Metric[]): Promise<void> {
  const response = await fetch(`${url}/api/v1/metrics`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ metrics: sent }),
  });
  await response.text();
  if (response.status !== 202) throw new Error(`sending metrics answered ${response.status}`);
}

function middle(times: number[]): number {
  return quantile(
    times.toSorted((a, b) => a - b),
    0.5,
  );
}

function print(what: string, value: string): void {
  process.stdout.write(`${what}: ${value}\n`);
}

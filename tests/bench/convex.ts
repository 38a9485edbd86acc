/**
 * How fast the local Convex is, in one run, as ratios where a machine's own speed would otherwise decide:
 * `node tests/bench/convex.ts [documents]`, 100,000 documents unless told otherwise.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend, SubscriptionId } from "../../local/convex/backend.ts";
import { startBackend } from "../../local/convex/worker-backend.ts";
import { call, resultOf } from "../local/convex-engine/open-backend.ts";

const SMALL = 1000;
const LARGE = Number(process.argv[2] ?? 100_000);
const SUBSCRIPTIONS = 1000;
const CLIENTS = 16;

const dir = await mkdtemp(join(tmpdir(), "convex-bench-"));
const started = performance.now();
const backend = await startBackend({
  functionsDir: join(import.meta.dirname, "..", "local", "functions-notes"),
  dataFile: join(dir, "data.sqlite"),
  env: {},
  log: () => {},
  watch: false,
});
line("start with no data", `${ms(performance.now() - started)}`);
try {
  await fill(0, SMALL);
  const small = { read: await median(read), page: await median(page) };
  const filling = performance.now();
  await fill(SMALL, LARGE);
  line(
    `filling to ${LARGE} documents`,
    `${Math.round((LARGE - SMALL) / ((performance.now() - filling) / 1000))} documents/s`,
  );
  const large = { read: await median(read), page: await median(page) };
  line(
    "indexed read, first 10 of a range",
    `${ms(small.read)} at ${SMALL}, ${ms(large.read)} at ${LARGE}: ${ratio(large.read, small.read)}, at most 2.00`,
  );
  line(
    "page of 50",
    `${ms(small.page)} at ${SMALL}, ${ms(large.page)} at ${LARGE}: ${ratio(large.page, small.page)}, at most 2.00`,
  );
  await subscriptions(backend);
  await mutations();
  line(
    "memory",
    `${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB with ${LARGE} documents and ${SUBSCRIPTIONS} subscriptions, at most 250`,
  );
} finally {
  await backend.close();
  await rm(dir, { recursive: true, force: true });
}

async function fill(first: number, until: number): Promise<void> {
  for (let at = first; at < until; at += 500)
    resultOf(await backend.mutation(call("notes:addMany", { first: at, count: Math.min(500, until - at) })));
}

async function read(i: number): Promise<void> {
  resultOf(await backend.query(call("notes:best", { folder: `folder ${i % 10}`, atLeast: 10, count: 10 })));
}

async function page(i: number): Promise<void> {
  resultOf(
    await backend.query(
      call("notes:page", { folder: `folder ${i % 10}`, paginationOpts: { numItems: 50, cursor: null } }),
    ),
  );
}

/** One write among many disjoint subscriptions: who is told, and how soon they have their new result. */
async function subscriptions(backend: Backend): Promise<void> {
  const ids: SubscriptionId[] = Array.from({ length: SUBSCRIPTIONS }, (_, i) => i);
  const request = (id: SubscriptionId) => ({
    id,
    call: call("notes:best", { folder: `watched ${id}`, atLeast: 0, count: 10 }),
    journal: null,
  });
  const evaluating = performance.now();
  await backend.evaluate(ids.map(request));
  line(`first run of ${SUBSCRIPTIONS} subscriptions`, ms(performance.now() - evaluating));
  let touched = 0;
  let began = 0;
  let arrived: (time: number) => void = () => {};
  const stop = backend.onEvent((event) => {
    if (event.type !== "committed") return;
    touched += event.stale.length;
    void backend.evaluate(event.stale.map(request)).then(() => arrived(performance.now() - began));
  });
  const times: number[] = [];
  for (let i = 0; i < 200; i++) {
    const reached = new Promise<number>((resolve) => {
      arrived = resolve;
    });
    began = performance.now();
    await backend.mutation(
      call("notes:add", { folder: `watched ${(i * 37) % SUBSCRIPTIONS}`, text: "new", stars: i }),
    );
    times.push(await reached);
  }
  stop();
  line(
    `a write among ${SUBSCRIPTIONS} disjoint subscriptions`,
    `re-ran ${touched / times.length}, reached it in ${ms(middle(times))} at the median, under 50 ms`,
  );
}

async function mutations(): Promise<void> {
  const count = 6000;
  let sent = 0;
  const began = performance.now();
  const client = async (number: number): Promise<void> => {
    while (sent++ < count) {
      resultOf(
        await backend.mutation(call("notes:add", { folder: `client ${number}`, text: "one" }), {
          sessionId: `client ${number}`,
          requestId: sent,
        }),
      );
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(i)));
  line(
    `mutations from ${CLIENTS} clients`,
    `${Math.round(count / ((performance.now() - began) / 1000))}/s on the disk, at least 1500`,
  );
}

async function median(work: (i: number) => Promise<void>): Promise<number> {
  for (let i = 0; i < 200; i++) await work(i);
  const times: number[] = [];
  for (let i = 0; i < 600; i++) {
    const began = performance.now();
    await work(i);
    times.push(performance.now() - began);
  }
  return middle(times);
}

function middle(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

function ms(time: number): string {
  return `${time.toFixed(2)} ms`;
}

function ratio(a: number, b: number): string {
  return (a / b).toFixed(2);
}

function line(what: string, figure: string): void {
  process.stdout.write(`${what}: ${figure}\n`);
}

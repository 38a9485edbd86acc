/**
 * Benchmark of the local backend, with ratios where possible so that the machine matters less:
 * `node packages/convex-local/tests/bench.ts [documents]`, by default with 100,000 documents.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend, SubscriptionId } from "../src/backend.ts";
import { startBackend } from "../src/worker-backend.ts";
import { call, resultOf } from "./engine/open-backend.ts";

const SMALL = 1000;
const LARGE = Number(process.argv[2] ?? 100_000);
const SUBSCRIPTIONS = 1000;
const CLIENTS = 16;

/** A backend with this number of documents, in folders of a hundred. */
type Filled = { backend: Backend; documents: number };

const dir = await mkdtemp(join(tmpdir(), "convex-bench-"));
try {
  const started = performance.now();
  const large = await open(LARGE);
  line("start with no data", ms(performance.now() - started));
  const filling = performance.now();
  await fill(large);
  line(
    `filling to ${LARGE} documents`,
    `${Math.round(LARGE / ((performance.now() - filling) / 1000))} documents/s`,
  );
  await subscriptions(large.backend);
  await mutations(large.backend);
  line(
    "memory",
    `${Math.round(process.memoryUsage.rss() / 2 ** 20)} MiB with ${LARGE} documents and ${SUBSCRIPTIONS} subscriptions, at most 250`,
  );
  const small = await open(SMALL);
  await fill(small);
  await compare("indexed read, first 10 of a range", small, large, read);
  await compare("page of 50", small, large, page);
  await small.backend.close();
  await large.backend.close();
} finally {
  await rm(dir, { recursive: true, force: true });
}

async function open(documents: number): Promise<Filled> {
  const functionsDir = join(import.meta.dirname, "fixtures/notes");
  const dataFile = join(dir, `${documents}.sqlite`);
  return {
    documents,
    backend: await startBackend({ functionsDir, dataFile, env: {}, log: () => {}, watch: false }),
  };
}

async function fill({ backend, documents }: Filled): Promise<void> {
  for (let at = 0; at < documents; at += 500) {
    resultOf(
      await backend.mutation(call("notes:addMany", { first: at, count: Math.min(500, documents - at) })),
    );
  }
}

async function read({ backend, documents }: Filled, i: number): Promise<void> {
  resultOf(await backend.query(call("notes:best", { folder: folder(documents, i), atLeast: 10, count: 10 })));
}

async function page({ backend, documents }: Filled, i: number): Promise<void> {
  const paginationOpts = { numItems: 50, cursor: null };
  resultOf(await backend.query(call("notes:page", { folder: folder(documents, i), paginationOpts })));
}

/** Returns a folder, never the same twice in a row. */
function folder(documents: number, i: number): string {
  return `folder ${(i * 37) % (documents / 100)}`;
}

/** Runs the same work on both in turns, so that other load affects both. */
async function compare(
  what: string,
  small: Filled,
  large: Filled,
  work: (filled: Filled, i: number) => Promise<void>,
): Promise<void> {
  const times = new Map<Filled, number[]>([
    [small, []],
    [large, []],
  ]);
  for (let i = -200; i < 1000; i++) {
    for (const filled of i % 2 ? [small, large] : [large, small]) {
      const began = performance.now();
      await work(filled, i + 200);
      if (i >= 0) times.get(filled)?.push(performance.now() - began);
    }
  }
  const [a = Number.NaN, b = Number.NaN] = [small, large].map((filled) => middle(times.get(filled) ?? []));
  line(what, `${ms(a)} at ${SMALL}, ${ms(b)} at ${LARGE}: ${(b / a).toFixed(2)}, at most 2.00`);
}

/** Measures one write among many disjoint subscriptions: which become stale, and how soon they have a new result. */
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

async function mutations(backend: Backend): Promise<void> {
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

function middle(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

function ms(time: number): string {
  return `${time.toFixed(2)} ms`;
}

function line(what: string, figure: string): void {
  process.stdout.write(`${what}: ${figure}\n`);
}

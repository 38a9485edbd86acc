/**
 * Ten mutations per second on one document, on the real database and by the real rules in virtual time, beside the
 * arithmetic of the rules: a mutation that begins at `t` commits at `t + d`, if no other committed in between.
 */
import { afterEach, describe, expect, test } from "vitest";
import { ConflictError, ConflictRules, NoSlotError } from "../../src/conflicts/conflict-rules.ts";
import { conflictsFrom } from "../../src/conflicts/pace.ts";
import { Engine } from "../../src/engine/engine.ts";
import { Store } from "../../src/engine/store.ts";
import type { Transaction } from "../../src/engine/transaction.ts";
import { seededRandom } from "../../src/functions/isolate/seeded-random.ts";
import { VirtualPace } from "./virtual-pace.ts";

const PER_SECOND = 10;

type Figures = { requests: number; attempts: number; failed: number };

const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.close();
});

/** Returns when requests arrive, in ms: independent of each other. */
function arrivals(count: number, random: () => number): number[] {
  let at = 0;
  return Array.from({ length: count }, () => {
    at += (-Math.log(1 - random()) / PER_SECOND) * 1000;
    return at;
  });
}

/** Opens a database with one counter, and rules in virtual time. */
function open(mutationMs: number, seed: number) {
  const pace = new VirtualPace(seed);
  const engine = new Engine(new Store(":memory:"), () => 1.7e12 + pace.now);
  engines.push(engine);
  const table = engine.catalog.table("", "counters");
  const seeding = engine.begin();
  const id = seeding.insert(table, { count: 0 });
  engine.commit(seeding);
  let last: Promise<unknown> = Promise.resolve();
  const figures: Figures = { requests: 0, attempts: 0, failed: 0 };
  const conflicts = new Map<string, number>();
  const rules = new ConflictRules({
    options: { mutationMs },
    openReads: engine.openReads,
    pace,
    exclusive: (work) => {
      const result = last.then(work);
      last = result.catch(() => {});
      return result;
    },
    onConflict: (_, { table }) => conflicts.set(table, (conflicts.get(table) ?? 0) + 1),
  });
  const count = (): number => {
    const snapshot = engine.snapshot();
    const value = engine.reader(snapshot).get(table, id)?.value.count;
    snapshot.close();
    return Number(value);
  };
  const run = (path: string, scheduled: boolean, work: (transaction: Transaction) => void) =>
    rules.run({
      component: "",
      path,
      scheduled,
      attempt: async () => {
        figures.attempts++;
        const transaction = engine.begin();
        work(transaction);
        return {
          reads: transaction.reader.reads,
          finish: () => engine.commit(transaction, () => null, path),
          writtenBytes: () => transaction.bytes,
        };
      },
    });
  const mutate = (path: string, scheduled = false) =>
    run(path, scheduled, (transaction) => {
      const before = Number(transaction.reader.get(table, id)?.value.count);
      transaction.patch(table, id, { count: before + 1 });
    });
  const write = (bytes: number, scheduled = false) =>
    run("blobs:write", scheduled, (transaction) => {
      transaction.insert(engine.catalog.table("", "blobs"), { text: "x".repeat(bytes) });
    });
  return { pace, engine, table, figures, conflicts, count, mutate, write };
}

/** Runs requests against the database. Every one that does not fail must be counted once. */
async function simulate(mutationMs: number, requests: number, seed: number): Promise<Figures> {
  const { pace, figures, conflicts, count, mutate } = open(mutationMs, seed);
  figures.requests = requests;
  const random = seededRandom(seed + 1);
  const send = async (): Promise<void> => {
    for (const at of arrivals(requests, random)) {
      await pace.sleep(at - pace.now);
      void mutate("counters:add").catch((error: unknown) => {
        if (!(error instanceof ConflictError)) throw error;
        figures.failed++;
      });
    }
  };
  void send();
  await pace.run();
  expect(count()).toBe(requests - figures.failed);
  expect(conflicts.get("counters")).toBe(figures.attempts - (requests - figures.failed));
  return figures;
}

/** Computes the same figures from the rules alone, without database, slots or promises. */
function calculate(mutationMs: number, requests: number, seed: number): Figures {
  const random = seededRandom(seed);
  type Step = { at: number; begun: number | null; failures: number };
  /** Steps that are due, in order. The next request is always one of them. */
  const steps: Step[] = [];
  const figures: Figures = { requests, attempts: 0, failed: 0 };
  const add = (step: Step): void => {
    const after = steps.findIndex(({ at }) => at > step.at);
    steps.splice(after === -1 ? steps.length : after, 0, step);
  };
  const coming = arrivals(requests, random)[Symbol.iterator]();
  const addNext = (): void => {
    const { value: at } = coming.next();
    if (at !== undefined) add({ at, begun: null, failures: 0 });
  };
  addNext();
  let committed = Number.NEGATIVE_INFINITY;
  for (let step = steps.shift(); step; step = steps.shift()) {
    const { at, begun, failures } = step;
    if (begun === null && failures === 0) addNext();
    if (begun === null) {
      figures.attempts++;
      add({ at: at + mutationMs, begun: at, failures });
    } else if (committed <= begun) committed = at;
    else if (failures === 4) figures.failed++;
    else
      add({ at: at + Math.min(100 * 2 ** failures, 2000) * random(), begun: null, failures: failures + 1 });
  }
  return figures;
}

describe.each([
  [30, null],
  // The share of failed requests that the field notes give.
  [60, 0.06],
  [150, 0.41],
])("mutations of %i ms", (mutationMs, known) => {
  test("conflict as often as the arithmetic says, within 20 %", async () => {
    const real = await simulate(mutationMs, 4000, 1);
    const expected = calculate(mutationMs, 40_000, 7);
    const share = (figures: Figures) => figures.failed / figures.requests;
    const tries = (figures: Figures) => figures.attempts / figures.requests;
    const retries = (figures: Figures) => tries(figures) - 1;
    expect(Math.abs(retries(real) / retries(expected) - 1)).toBeLessThan(0.2);
    if (known === null) {
      expect(share(real)).toBeLessThan(0.01);
    } else {
      expect(Math.abs(share(real) / share(expected) - 1)).toBeLessThan(0.2);
      expect(Math.abs(share(real) / known - 1)).toBeLessThan(0.2);
    }
  });
});

test("the error names the table, the document and the other function", async () => {
  const { pace, mutate } = open(60, 3);
  const failures: unknown[] = [];
  // Another function commits every 50 ms, so that one that takes 60 ms never can.
  const busy = Array.from({ length: 200 }, (_, i) => pace.sleep(i * 50));
  const { engine, table } = { engine: engines[0], table: engines[0]?.catalog.table("", "counters") };
  for (const turn of busy) {
    void turn.then(() => {
      const transaction = engine?.begin();
      if (!engine || !transaction || !table) return;
      const [entry] = transaction.reader.scan(table.byId, "", "\xff", "asc", 1);
      if (entry) transaction.patch(table, entry.document.value._id, { count: 0 });
      engine.commit(transaction, () => null, "counters:reset");
    });
  }
  void mutate("counters:add").catch((error: unknown) => failures.push(error));
  await pace.run();
  expect(String(failures[0])).toMatch(
    /^ConflictError: Documents read from or written to the "counters" table changed while this mutation was being run and on every subsequent retry\. A call to "counters:reset" changed the document with ID "\w{32}"\. See https:\/\/docs\.convex\.dev\/error#1$/,
  );
});

test("scheduled mutations are retried until they commit", async () => {
  const { pace, figures, count, mutate } = open(150, 5);
  for (let i = 0; i < 40; i++) void pace.sleep(i * 20).then(() => mutate("counters:add", true));
  await pace.run();
  expect(count()).toBe(40);
  expect(figures.attempts).toBeGreaterThan(80);
});

test("16 mutations run at the same time, and the others wait for at most 5 s", async () => {
  const { pace, mutate } = open(6000, 2);
  const ended: { at: number; error: unknown }[] = [];
  for (let i = 0; i < 20; i++) {
    void mutate(`counters:add${i}`).then(
      () => ended.push({ at: pace.now, error: null }),
      (error: unknown) => error instanceof NoSlotError && ended.push({ at: pace.now, error }),
    );
  }
  await pace.run();
  const rejected = ended.filter(({ error }) => error !== null);
  expect(rejected.map(({ at }) => at)).toEqual([5000, 5000, 5000, 5000]);
  expect(String(rejected[0]?.error)).toContain("Your backend is limited to 16 concurrent mutations.");
});

test.each([
  ["fail after four retries", false],
  ["as scheduled functions, are retried until they commit", true],
])("mutations beyond 4 MiB written per second %s", async (_what, scheduled) => {
  const { pace, write } = open(60, 4);
  const committed: number[] = [];
  const failed: string[] = [];
  // 9 MB per second, for five seconds.
  for (let i = 0; i < 50; i++) {
    void pace.sleep(i * 100).then(() =>
      write(900_000, scheduled).then(
        () => committed.push(pace.now),
        (error: unknown) => failed.push(String(error)),
      ),
    );
  }
  await pace.run();
  expect(committed.length + failed.length).toBe(50);
  // The fifth write exceeds the limit, and those that have begun by then can commit.
  const perSecond = (committed.length - 1) / (((committed.at(-1) ?? 0) - (committed[0] ?? 0)) / 1000);
  expect(perSecond).toBeLessThan(8);
  if (scheduled) expect(failed).toEqual([]);
  else {
    expect(perSecond).toBeGreaterThan(4);
    expect(new Set(failed)).toEqual(
      new Set([
        "TooManyWritesError: Too many writes per second. Your deployment is limited to 4 MiB bytes written per 1 second. Reduce your write rate or upgrade to a larger deployment.",
      ]),
    );
  }
});

test("options come from the environment, and malformed ones are rejected", () => {
  expect(conflictsFrom({})).toBeNull();
  expect(conflictsFrom({ CONVEX_LOCAL_CONFLICTS: "0", CONVEX_LOCAL_MUTATION_MS: "30" })).toBeNull();
  expect(conflictsFrom({ CONVEX_LOCAL_CONFLICTS: "1" })).toEqual({ mutationMs: 60 });
  expect(conflictsFrom({ CONVEX_LOCAL_CONFLICTS: "1", CONVEX_LOCAL_MUTATION_MS: "150" })).toEqual({
    mutationMs: 150,
  });
  expect(() => conflictsFrom({ CONVEX_LOCAL_CONFLICTS: "yes" })).toThrow("must be 0 or 1");
  expect(() => conflictsFrom({ CONVEX_LOCAL_MUTATION_MS: "fast" })).toThrow("number of milliseconds");
});

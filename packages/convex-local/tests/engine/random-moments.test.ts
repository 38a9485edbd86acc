/** Random programs: queries at earlier timestamps, and stale subscriptions. */
import { convexToJson, type JSONValue, type Value } from "convex/values";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ReadSpec, Step } from "../fixtures/random/programs.ts";
import { call, openBackend, resultOf, type TestBackend } from "./open-backend.ts";
import { RandomProgram } from "./random-programs.ts";

/** The number of random programs; more in `npm run test:deep`. */
const SEEDS = Math.ceil(Number(process.env.DEEP_SEEDS ?? 15) / 2);

let opened: TestBackend;

const TIMEOUT = { timeout: 600_000 };

beforeAll(async () => {
  opened = await openBackend("random");
});
afterAll(() => opened.close());

const json = (value: unknown): JSONValue => convexToJson(value as Value);
const run = async (steps: Step[]) =>
  resultOf(await opened.backend.mutation(call("programs:run", json({ steps }))));
const reading = (read: ReadSpec) => call("programs:one", json({ read }));
const paging = (read: ReadSpec) => {
  const { take, ...rest } = read;
  return call("programs:page", json({ read: rest, paginationOpts: { numItems: 3, cursor: null } }));
};

test("a query at an earlier timestamp returns the same result as at that time", TIMEOUT, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    await opened.backend.admin.importDocuments("things", [], { replace: true });
    const program = new RandomProgram(seed);
    const past: { at: bigint; read: ReadSpec; answer: JSONValue }[] = [];
    for (let round = 0; round < 6; round++) {
      await run(program.steps(8));
      for (let i = 0; i < 3; i++) {
        const read = program.read();
        const answer = await opened.backend.query(reading(read));
        past.push({ at: answer.ts, read, answer: resultOf(answer) });
      }
    }
    for (const { at, read, answer } of past) {
      expect(
        resultOf(await opened.backend.query(reading(read), at)),
        JSON.stringify(json({ seed, read })),
      ).toEqual(answer);
    }
  }
});

test("a subscription that no commit made stale has the same result when it runs again", TIMEOUT, async () => {
  let spared = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    await opened.backend.admin.importDocuments("things", [], { replace: true });
    const program = new RandomProgram(1000 + seed);
    await run(program.steps(30));
    for (let round = 0; round < 5; round++) {
      const calls = Array.from({ length: 8 }, (_, i) => (i % 2 ? reading : paging)(program.read()));
      const requests = calls.map((call, id) => ({ id, call, journal: null }));
      const before = await opened.backend.evaluate(requests);
      opened.events.length = 0;
      await run(program.steps(2));
      const stale = new Set(
        opened.events.flatMap((event) => (event.type === "committed" ? event.stale : [])),
      );
      const after = await opened.backend.evaluate(requests);
      for (const [i, { id, outcome }] of after.results.entries()) {
        if (stale.has(id)) continue;
        spared++;
        expect(outcome, JSON.stringify({ seed, round, call: calls[i] })).toEqual(before.results[i]?.outcome);
      }
    }
  }
  expect(spared).toBeGreaterThan(SEEDS * 5);
});

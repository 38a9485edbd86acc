/**
 * Runs the same random programs here and on Convex's own `convex-test`, and compares the results.
 *
 * Not compared, because `convex-test` differs from the cloud: filters that compare values of different types (it compares
 * as JavaScript does), and the order of search results (it does not rank them).
 */

import { makeFunctionReference } from "convex/server";
import { convexToJson, type JSONValue, jsonToConvex, type Value } from "convex/values";
import { convexTest } from "convex-test";
import { expect, test } from "vitest";
import * as programs from "../fixtures/random/programs.ts";
import schema from "../fixtures/random/schema.ts";
import { call, openBackend, resultOf } from "./open-backend.ts";
import { RandomProgram } from "./random-programs.ts";

/** The number of random programs; more in `npm run test:deep`. */
const SEEDS = Number(process.env.DEEP_SEEDS ?? 15);

const modules = {
  "../fixtures/random/programs.ts": () => Promise.resolve(programs),
  "../fixtures/random/_generated/api.ts": () => Promise.resolve({}),
};
const runs = makeFunctionReference<"mutation", { steps: unknown }>("programs:run");
const reads = makeFunctionReference<"query", { read: unknown }>("programs:one");
const pages = makeFunctionReference<"query", { read: unknown; paginationOpts: unknown }>("programs:page");

type Page = { page: unknown[]; isDone: boolean; continueCursor: string };

test(`${SEEDS} random programs have the same results as on convex-test`, { timeout: 1_800_000 }, async () => {
  const opened = await openBackend("random");
  try {
    for (let seed = 1; seed <= SEEDS; seed++) await compare(opened, seed);
  } finally {
    await opened.close();
  }
});

async function compare(opened: Awaited<ReturnType<typeof openBackend>>, seed: number): Promise<void> {
  const program = new RandomProgram(seed);
  const oracle = convexTest(schema, modules);
  const ours = {
    mutation: async (args: Value) =>
      jsonToConvex(resultOf(await opened.backend.mutation(call("programs:run", json(args))))),
    query: async (path: string, args: Value) =>
      jsonToConvex(resultOf(await opened.backend.query(call(path, json(args))))),
  };
  await ours.mutation({ steps: await everything(ours.query) });
  for (let round = 0; round < 4; round++) {
    const steps = program.steps(12);
    const label = `seed ${seed}, round ${round}`;
    expect(await ours.mutation({ steps } as unknown as Value), `${label}: ${show(steps)}`).toEqual(
      await oracle.mutation(runs, { steps }),
    );
    for (let i = 0; i < 4; i++) {
      const read = program.read();
      expect(
        await ours.query("programs:one", { read } as unknown as Value),
        `${label}: ${show(read)}`,
      ).toEqual(await oracle.query(reads, { read }));
    }
    await comparePages(program, ours, oracle, label);
  }
}

/** Compares all pages, with writes in between. */
async function comparePages(
  program: RandomProgram,
  ours: { mutation(args: Value): Promise<Value>; query(path: string, args: Value): Promise<Value> },
  oracle: ReturnType<typeof convexTest>,
  label: string,
): Promise<void> {
  const { take, ...read } = program.read();
  const numItems = 1 + program.number(4);
  const cursors: { ours: string | null; oracle: string | null } = { ours: null, oracle: null };
  for (let i = 0; i < 30; i++) {
    const options = (cursor: string | null) =>
      ({ read, paginationOpts: { numItems, cursor } }) as unknown as Value;
    const our = (await ours.query("programs:page", options(cursors.ours))) as unknown as Page;
    const their = (await oracle.query(pages, options(cursors.oracle) as never)) as unknown as Page;
    expect([our.page, our.isDone], `${label}, page ${i}: ${show({ read, numItems })}`).toEqual([
      their.page,
      their.isDone,
    ]);
    if (our.isDone) return;
    cursors.ours = our.continueCursor;
    cursors.oracle = their.continueCursor;
    if (program.number(3) === 0) {
      const steps = program.steps(2);
      await ours.mutation({ steps } as unknown as Value);
      await oracle.mutation(runs, { steps });
    }
  }
}

/** Returns steps that delete all documents of the previous program, which is faster than a new backend. */
async function everything(query: (path: string, args: Value) => Promise<Value>): Promise<Value[]> {
  const read = { index: null, fields: [], eq: [], bounds: [], order: "asc" };
  const things = (await query("programs:one", { read })) as { n: number }[];
  return things.map(({ n }) => ({ do: "delete", n }));
}

function json(args: Value): JSONValue {
  return convexToJson(args);
}

function show(value: unknown): string {
  return JSON.stringify(convexToJson(value as Value));
}

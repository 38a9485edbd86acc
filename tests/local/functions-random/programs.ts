/** Runs a program given as data, so that the same one can be run on two backends. */
import {
  type GenericDatabaseReader,
  type GenericDocument,
  makeFunctionReference,
  mutationGeneric as mutation,
  paginationOptsValidator,
  queryGeneric as query,
} from "convex/server";
import { v } from "convex/values";

/** A bound of an index range; no value: a missing field. */
export type Bound = { op: "gt" | "gte" | "lt" | "lte"; value?: unknown };
export type ReadSpec = {
  index: string | null;
  /** Fields of the index, in order. */
  fields: string[];
  eq: { value?: unknown }[];
  bounds: Bound[];
  order: "asc" | "desc";
  /** Documents whose `n` leaves this rest when divided by 3. */
  rest?: number;
  take?: number;
};
export type Step =
  | { do: "insert"; n: number; fields: Record<string, unknown> }
  | { do: "patch" | "replace"; n: number; fields: Record<string, unknown>; drop?: string[] }
  | { do: "delete"; n: number }
  | { do: "read"; read: ReadSpec }
  | { do: "nested"; steps: Step[]; fails: boolean };

type Db = GenericDatabaseReader<
  Record<
    string,
    {
      document: GenericDocument;
      fieldPaths: string;
      indexes: Record<string, string[]>;
      searchIndexes: Record<string, never>;
      vectorIndexes: Record<string, never>;
    }
  >
>;
type Range = { [op in "eq" | "gt" | "gte" | "lt" | "lte"]: (field: string, value: unknown) => Range };
type Filter = {
  eq(l: unknown, r: unknown): unknown;
  mod(l: unknown, r: unknown): unknown;
  field(path: string): unknown;
};
type Query = {
  withIndex(name: string, range: (q: Range) => Range): Query;
  order(order: "asc" | "desc"): Query;
  filter(predicate: (q: Filter) => unknown): Query;
  take(n: number): Promise<GenericDocument[]>;
  collect(): Promise<GenericDocument[]>;
  paginate(opts: unknown): Promise<{ page: GenericDocument[]; isDone: boolean; continueCursor: string }>;
};

export const run = mutation({
  args: { steps: v.any() },
  handler: async (ctx, { steps }: { steps: Step[] }) => {
    const seen: unknown[] = [];
    for (const step of steps) {
      if (step.do === "read") seen.push(await read(ctx.db, step.read));
      else if (step.do === "insert") await ctx.db.insert("things", { ...step.fields, n: step.n });
      else if (step.do === "nested") {
        const reference = makeFunctionReference<"mutation">(
          step.fails ? "programs:runAndFail" : "programs:run",
        );
        try {
          seen.push(await ctx.runMutation(reference, { steps: step.steps }));
        } catch {
          seen.push("failed");
        }
      } else {
        const found = await ctx.db
          .query("things")
          .withIndex("by_n", (q) => q.eq("n", step.n))
          .first();
        if (!found) seen.push("not there");
        else if (step.do === "delete") await ctx.db.delete(found._id);
        else if (step.do === "replace") await ctx.db.replace(found._id, { ...step.fields, n: step.n });
        else
          await ctx.db.patch(found._id, {
            ...step.fields,
            ...Object.fromEntries((step.drop ?? []).map((field) => [field, undefined])),
          });
      }
    }
    return seen;
  },
});

export const runAndFail = mutation({
  args: { steps: v.any() },
  handler: async (ctx, { steps }) => {
    await ctx.runMutation(makeFunctionReference<"mutation">("programs:run"), { steps });
    throw new Error("after its steps");
  },
});

export const one = query({ args: { read: v.any() }, handler: (ctx, args) => read(ctx.db, args.read) });

export const page = query({
  args: { read: v.any(), paginationOpts: paginationOptsValidator },
  handler: async (ctx, args) => {
    const { page, isDone, continueCursor } = await build(ctx.db, args.read).paginate(args.paginationOpts);
    return { page: page.map(strip), isDone, continueCursor };
  },
});

async function read(db: Db, spec: ReadSpec): Promise<unknown[]> {
  const built = build(db, spec);
  return (spec.take === undefined ? await built.collect() : await built.take(spec.take)).map(strip);
}

function build(db: Db, spec: ReadSpec): Query {
  let built = db.query("things") as unknown as Query;
  const { index, rest } = spec;
  if (index !== null) {
    built = built.withIndex(index, (q) => {
      let range = q;
      spec.eq.forEach(({ value }, i) => {
        range = range.eq(spec.fields[i] ?? "", value);
      });
      for (const { op, value } of spec.bounds) range = range[op](spec.fields[spec.eq.length] ?? "", value);
      return range;
    });
  }
  built = built.order(spec.order);
  return rest === undefined ? built : built.filter((q) => q.eq(q.mod(q.field("n"), 3), rest));
}

/** Ids and times differ between backends; `n` tells documents apart. */
function strip({ _id, _creationTime, ...fields }: GenericDocument): unknown {
  return fields;
}

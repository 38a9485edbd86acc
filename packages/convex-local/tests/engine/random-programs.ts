/** Random programs with random values, reproducible by seed. */
import type { Value } from "convex/values";
import { seededRandom } from "../../src/functions/isolate/seeded-random.ts";
import type { Bound, ReadSpec, Step } from "../fixtures/random/programs.ts";

const INDEXES: { index: string | null; fields: string[] }[] = [
  { index: null, fields: [] },
  { index: "by_a", fields: ["a"] },
  { index: "by_a_b", fields: ["a", "b"] },
  { index: "by_nested", fields: ["o.x", "b"] },
  { index: "by_n", fields: ["n"] },
  { index: "by_creation_time", fields: [] },
];

/** Values of every type, including edge cases and values that sort close to each other. */
const VALUES: Value[] = [
  null,
  0n,
  -1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  0,
  -0,
  1,
  -1.5,
  1e300,
  5e-324,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  true,
  false,
  "",
  "a",
  "a\u0000",
  "a\u0000b",
  "ab",
  "ä",
  "\uffff",
  "😀",
  new Uint8Array([]).buffer,
  new Uint8Array([0]).buffer,
  new Uint8Array([0, 255]).buffer,
  new Uint8Array([1]).buffer,
  [],
  [null],
  ["a"],
  ["a", 1],
  [[]],
  {},
  { x: 1 },
  { x: 1, y: null },
  { y: 1 },
];

/** Generates the steps of one program. */
export class RandomProgram {
  readonly #random: () => number;
  #next = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Returns an integer from 0 to `below` - 1. */
  number(below: number): number {
    return Math.floor(this.#random() * below);
  }

  pick<T>(from: readonly T[]): T {
    return from[this.number(from.length)] as T;
  }

  steps(count: number, depth = 0): Step[] {
    return Array.from({ length: count }, () => this.#step(depth));
  }

  read(): ReadSpec {
    const { index, fields } = this.pick(INDEXES);
    const eq = this.number(fields.length + 1);
    const values = fields.slice(0, eq).map((field) => this.#maybe(field));
    const bounds: Bound[] = [];
    const bounded = fields[eq];
    if (bounded !== undefined && this.number(3) > 0) {
      if (this.number(2) === 0)
        bounds.push({ op: this.pick(["gt", "gte"] as const), ...this.#maybe(bounded) });
      if (this.number(2) === 0)
        bounds.push({ op: this.pick(["lt", "lte"] as const), ...this.#maybe(bounded) });
    }
    return {
      index,
      fields,
      eq: values,
      bounds,
      order: this.pick(["asc", "desc"] as const),
      ...(this.number(3) === 0 ? { rest: this.number(3) } : {}),
      ...(this.number(3) === 0 ? { take: this.number(6) } : {}),
    };
  }

  #step(depth: number): Step {
    const kind = this.number(10);
    if (kind < 4 || this.#next < 3) return { do: "insert", n: this.#next++, fields: this.#fields() };
    const n = this.number(this.#next + 1);
    if (kind === 4)
      return { do: "patch", n, fields: this.#fields(), ...(this.number(2) ? { drop: ["b"] } : {}) };
    if (kind === 5) return { do: "replace", n, fields: this.#fields() };
    if (kind === 6) return { do: "delete", n };
    if (kind === 7 && depth < 2)
      return { do: "nested", steps: this.steps(3, depth + 1), fails: this.number(2) === 0 };
    return { do: "read", read: this.read() };
  }

  #fields(): Record<string, Value> {
    const fields: Record<string, Value> = {};
    if (this.number(4) > 0) fields.a = this.pick(VALUES);
    if (this.number(3) > 0) fields.b = this.pick(VALUES);
    if (this.number(3) === 0) fields.o = this.number(3) === 0 ? this.pick(VALUES) : { x: this.pick(VALUES) };
    return fields;
  }

  #maybe(field: string): { value?: Value } {
    if (field === "n") return { value: this.number(this.#next + 1) };
    return this.number(8) === 0 ? {} : { value: this.pick(VALUES) };
  }
}

/** Keys compare byte by byte as the published package compares values. */
import { compareValues, type Value } from "convex/values";
import { expect, test } from "vitest";
import { seededRandom } from "../functions/isolate/seeded-random.ts";
import { afterKey, afterPrefix, encodeTuple, encodeValue, keyFromBytes, keyToBytes } from "./key.ts";

const random = seededRandom(1);
const below = (n: number) => Math.floor(random() * n);
const LEAVES: Value[] = [
  null,
  true,
  false,
  0n,
  1n,
  -1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
  0,
  -0,
  1,
  -1,
  0.5,
  1e-300,
  -1e300,
];
LEAVES.push(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  "",
  "a",
  "\u0000",
  "a\u0000",
  "a\u0001",
  "ab",
);
LEAVES.push(
  "é",
  "\uffff",
  "\u{1f600}",
  new ArrayBuffer(0),
  new Uint8Array([0]).buffer,
  new Uint8Array([0, 1]).buffer,
);
LEAVES.push(new Uint8Array([255]).buffer);

function anyValue(depth = 0): Value {
  const kind = below(depth > 2 ? 6 : 8);
  if (kind < 6) return LEAVES[below(LEAVES.length)] as Value;
  const items = Array.from({ length: below(4) }, () => anyValue(depth + 1));
  if (kind === 6) return items;
  return Object.fromEntries(items.map((item) => [["a", "b", "ab", "z"][below(4)] as string, item]));
}

const sign = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

test("the keys of 20,000 random pairs compare as the values do", () => {
  for (let i = 0; i < 20_000; i++) {
    const a = below(12) === 0 ? undefined : anyValue();
    const b = below(12) === 0 ? undefined : anyValue();
    expect([a, b, sign(encodeValue(a), encodeValue(b))]).toEqual([a, b, Math.sign(compareValues(a, b))]);
  }
});

test("a key survives the conversion to bytes, and its bytes have the same order", () => {
  const keys = Array.from({ length: 200 }, () => encodeValue(anyValue()));
  for (const key of keys) expect(keyFromBytes(keyToBytes(key))).toBe(key);
  for (const [i, key] of keys.entries()) {
    const other = keys[(i * 7 + 1) % keys.length] as string;
    expect(Buffer.compare(keyToBytes(key), keyToBytes(other))).toBe(sign(key, other));
  }
});

test("the range of a prefix holds every tuple with that prefix and no other", () => {
  for (let i = 0; i < 2000; i++) {
    const prefix = encodeValue(anyValue());
    const longer = prefix + encodeTuple([anyValue(), anyValue()]);
    const other = encodeTuple([anyValue(), anyValue()]);
    expect(longer >= prefix && longer < afterPrefix(prefix)).toBe(true);
    if (!other.startsWith(prefix)) expect(other >= prefix && other < afterPrefix(prefix)).toBe(false);
  }
  expect(afterKey("a") > "a" && afterKey("a") < "a\x01").toBe(true);
});

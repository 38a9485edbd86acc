import { expect, test } from "vitest";
import { decodeTimestamp, encodeTimestamp } from "./timestamp.ts";

test.each([0n, 1n, 255n, 1_764_000_000_000_000_000n, 2n ** 64n - 1n])(
  "%s is the same after encoding and decoding",
  (ts) => {
    expect(decodeTimestamp(encodeTimestamp(ts))).toBe(ts);
  },
);

test("encodes the lowest byte first", () => {
  expect(encodeTimestamp(1n)).toBe("AQAAAAAAAAA=");
});

test.each(["", "AQ==", "AQAAAAAAAAA", "AQAAAAAAAAAA", "!QAAAAAAAAA="])("%j is not a timestamp", (text) => {
  expect(decodeTimestamp(text)).toBeNull();
});

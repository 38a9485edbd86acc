import { describe, expect, it } from "vitest";
import { type AttributeValue, OtherValue } from "./data.ts";
import { keyedHash } from "./keyed-hash.ts";
import { attributesText, hashOf } from "./streams.ts";

const text = (...attributes: [string, AttributeValue][]) => attributesText(attributes);

describe("the identity of attributes", () => {
  it("is the same whatever their order", () => {
    const all: [string, AttributeValue][] = [
      ["a", "1"],
      ["bcd", "2"],
      ["e", "3"],
    ];
    expect(text(...all.toReversed())).toBe(text(...all));
    expect(text(...all.slice(1), ...all.slice(0, 1))).toBe(text(...all));
  });

  it("differs by every key, value and type", () => {
    const all = [
      text(["a", "1"]),
      text(["a", "2"]),
      text(["b", "1"]),
      text(["a", 1]),
      text(["a", true]),
      text(["a", "true"]),
      text(["a", new OtherValue("1")]),
      text(["a", "1"], ["b", "1"]),
      text(["a", "11:bs1:1"]),
      text(),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe("the hash", () => {
  it("is SipHash-1-3", () => {
    // The first vector of the reference implementation, and values of CPython, which uses the key 0 here.
    expect(keyedHash(Uint8Array.from({ length: 16 }, (_, i) => i))("")).toBe("abac0158050fc4dc");
    const hash = keyedHash(new Uint8Array(16));
    const signed = (text: string) => BigInt.asIntN(64, BigInt(`0x${hash(text)}`));
    expect(signed("a")).toBe(-7264007431688190766n);
    expect(signed("ab")).toBe(3201674266311268595n);
    expect(signed("abc")).toBe(-4445224580031040541n);
    expect(signed("abcd")).toBe(-3836721697479483590n);
    expect(signed("hello wörld 12")).toBe(5841597294157888614n);
  });

  it("depends on the secret", async () => {
    expect((await hashOf("one"))("x")).not.toBe((await hashOf("other"))("x"));
    expect((await hashOf("one"))("x")).toBe((await hashOf("one"))("x"));
  });
});

import { describe, expect, it } from "vitest";
import { isProven, proveCall, secretsIn } from "./edgeProof.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const AT = 1764360000000;
const ARGS = { ipAddress: "203.0.113.7", sessionId: "session_01", userAgent: "Agent/1.0 (é)" };
const PATH = "sessions:revoke";

describe("the proof of a worker's call", () => {
  it("is the one of the contract's example", async () => {
    const { mac } = await proveCall(SECRET, PATH, ARGS, AT);
    expect(mac).toBe("TVh_IITd8SGc_lu_4CEHwbTfPQBzlBD4UAZ20fU7SjA");
  });

  it("does not depend on the order of the arguments, nor on absent ones", async () => {
    const { sessionId, ...rest } = ARGS;
    const proof = await proveCall(SECRET, PATH, { sessionId, city: undefined, ...rest }, AT);
    expect(await isProven([SECRET], proof, PATH, ARGS, AT)).toBe(true);
  });

  it.each([
    ["five minutes later", 5 * 60_000, true],
    ["later than that", 5 * 60_000 + 1, false],
    ["a minute before", -60_000, true],
    ["earlier than that", -60_001, false],
  ])("is checked %s", async (_, passed, expected) => {
    const proof = await proveCall(SECRET, PATH, ARGS, AT);
    expect(await isProven([SECRET], proof, PATH, ARGS, AT + passed)).toBe(expected);
  });

  it.each([
    ["another function", PATH.replace("revoke", "mine"), ARGS, {}],
    ["another argument", PATH, { ...ARGS, sessionId: "session_02" }, {}],
    ["one more argument", PATH, { ...ARGS, workosUserId: "user_01" }, {}],
    ["another time", PATH, ARGS, { at: AT + 1 }],
    ["a time that is not an integer", PATH, ARGS, { at: AT + 0.5 }],
    ["a time that is text", PATH, ARGS, { at: String(AT) }],
    ["a shorter MAC", PATH, ARGS, { mac: "TVh_" }],
    ["a MAC with padding", PATH, ARGS, { mac: "TVh_IITd8SGc_lu_4CEHwbTfPQBzlBD4UAZ20fU7SjA=" }],
    ["a further field", PATH, ARGS, { secret: SECRET }],
  ])("is not valid for %s", async (_, path, args, change) => {
    const proof = { ...(await proveCall(SECRET, PATH, ARGS, AT)), ...change };
    expect(await isProven([SECRET], proof, path, args, AT)).toBe(false);
  });

  it.each([undefined, null, "", SECRET, 1, [], {}, { at: AT }, { mac: "x" }])("is not %j", async (edge) => {
    expect(await isProven([SECRET], edge, PATH, ARGS, AT)).toBe(false);
  });

  it("is valid with each secret of a map, and with no other", async () => {
    const [newest = "", oldest = ""] = secretsIn(JSON.stringify({ 9: `old ${SECRET}`, 10: SECRET }), 32);
    expect(newest).toBe(SECRET);
    for (const secret of [newest, oldest]) {
      const proof = await proveCall(secret, PATH, ARGS, AT);
      expect(await isProven([newest, oldest], proof, PATH, ARGS, AT)).toBe(true);
      expect(await isProven([`${SECRET}0`], proof, PATH, ARGS, AT)).toBe(false);
      expect(await isProven([], proof, PATH, ARGS, AT)).toBe(false);
    }
  });
});

it.each(["", "short", "{", "{}", '{"1":"short"}', '{"1":5}', "[]"])("%j holds no secret", (value) => {
  expect(secretsIn(value, 32)).toEqual([]);
});

/** Proof of the worker: what is accepted, and what Convex prints when a call is rejected. */
import { beforeAll, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { proveCall } from "../../convex/model/edgeProof.ts";
import { EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { DEVICE, idOf, rejectionOf, sessionOf } from "./people.ts";

const { startBackend } = openBackends();

let backend: TestBackend;

beforeAll(async () => {
  backend = await startBackend();
});

const revocation = () => ({
  workosUserId: idOf(backend, "new"),
  sessionId: sessionOf(backend, "new"),
  ...DEVICE,
});

const revoke = (edge?: unknown) =>
  rejectionOf(
    backend.nobody.mutation(api.sessions.revoke, { ...revocation(), ...(edge !== undefined && { edge }) }),
  );

test("the same proof is accepted again, and repeating the call changes nothing", async () => {
  const edge = await proveCall(EDGE_SECRET, "sessions:revoke", revocation(), Date.now());
  expect(await revoke(edge)).toBe("none");
  expect(await revoke(edge)).toBe("none");
});

test("a missing, malformed, old or foreign proof is forbidden, not a validation error", async () => {
  const now = Date.now();
  const proofs = [
    undefined,
    null,
    7,
    {},
    { at: now, mac: "" },
    await proveCall(EDGE_SECRET, "sessions:revoke", revocation(), now - 6 * 60_000),
    await proveCall(EDGE_SECRET, "sessions:revoke", revocation(), now + 2 * 60_000),
    await proveCall(EDGE_SECRET, "edge:signedOut", revocation(), now),
    await proveCall(`${EDGE_SECRET}0`, "sessions:revoke", revocation(), now),
  ];
  for (const proof of proofs) expect(await revoke(proof)).toBe("forbidden");
});

test("a rejected argument prints no secret", async () => {
  const args: Record<string, string> = { ...revocation(), edge: EDGE_SECRET, unknown: "field" };
  const failure = await backend.nobody
    .mutation(api.sessions.revoke, args as ReturnType<typeof revocation>)
    .then(() => "", String);
  expect(failure).toContain("ArgumentValidationError");
  expect(failure).not.toContain(EDGE_SECRET);
});

test("during a rotation both secrets prove a call, and afterwards only the new one", async () => {
  const revokeWith = async (secret: string) =>
    await revoke(await proveCall(secret, "sessions:revoke", revocation(), Date.now()));
  const newest = `new-${EDGE_SECRET}`;
  const both = JSON.stringify({ 2: newest, 1: EDGE_SECRET });
  try {
    await backend.setVariables({ CONVEX_EDGE_SECRET: both });
    expect([await revokeWith(EDGE_SECRET), await revokeWith(newest)]).toEqual(["none", "none"]);
    await backend.setVariables({ CONVEX_EDGE_SECRET: JSON.stringify({ 2: newest }) });
    expect([await revokeWith(EDGE_SECRET), await revokeWith(newest)]).toEqual(["forbidden", "none"]);
  } finally {
    await backend.setVariables({ CONVEX_EDGE_SECRET: EDGE_SECRET });
  }
});

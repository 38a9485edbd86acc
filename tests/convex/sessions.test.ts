/** Sessions: sign-in, sign-out, refresh and revocation. */
import { beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { CONFLICTS, EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { DEVICE, idOf, profileOf, rejectionOf, sessionOf, signIn } from "./people.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
beforeEach(async () => {
  backend = await startBackend(CONFLICTS);
});

test("a revoked session is unauthenticated, and the user's other session still works", async () => {
  const grace = await signIn(backend, "grace");
  const phone = await signIn(backend, "grace", { session: "phone" });
  await phone.mutation(api.sessions.revoke, {
    sessionId: grace.sessionId,
    ...DEVICE,
    edge: EDGE_SECRET,
  });
  expect(await rejectionOf(grace.query(api.users.viewer, {}))).toBe("unauthenticated");
  expect(await rejectionOf(grace.query(api.pages.activity, {}))).toBe("unauthenticated");
  expect(await rejectionOf(grace.mutation(api.preferences.set, { theme: "dark" }))).toBe("unauthenticated");
  expect((await phone.query(api.users.viewer, {}))?._id).toBe(grace.userId);
});

test("the worker can revoke a session without a token, even before the user is synced", async () => {
  const call = {
    workosUserId: idOf(backend, "new"),
    sessionId: sessionOf(backend, "new"),
    ...DEVICE,
    edge: EDGE_SECRET,
  };
  expect(await backend.nobody.mutation(api.sessions.revoke, call)).toBeNull();
  expect(await backend.nobody.mutation(api.sessions.revoke, call)).toBeNull();
  const late = backend.as({ sub: idOf(backend, "new"), sid: sessionOf(backend, "new") });
  expect(await rejectionOf(late.query(api.users.viewer, {}))).toBe("unauthenticated");
});

test("a user cannot revoke another user's session", async () => {
  const grace = await signIn(backend, "grace");
  const alan = await signIn(backend, "alan");
  const device = { ...DEVICE, edge: EDGE_SECRET };
  const theirs = { sessionId: grace.sessionId, ...device };
  expect(await rejectionOf(alan.mutation(api.sessions.revoke, theirs))).toBe("not_found");
  await alan.mutation(api.sessions.revoke, { sessionId: sessionOf(backend, "unknown"), ...device });
  const other = backend.as({ sub: grace.workosUserId, sid: sessionOf(backend, "unknown") });
  expect((await other.query(api.users.viewer, {}))?._id).toBe(grace.userId);
});

test("revoking with a token rejects another user's id, and without a token requires a user id", async () => {
  const alan = await signIn(backend, "alan");
  const call = { sessionId: sessionOf(backend, "x"), ...DEVICE, edge: EDGE_SECRET };
  expect(
    await rejectionOf(alan.mutation(api.sessions.revoke, { ...call, workosUserId: idOf(backend, "grace") })),
  ).toBe("forbidden");
  expect(await rejectionOf(backend.nobody.mutation(api.sessions.revoke, call))).toBe("unauthenticated");
  const wrong = { ...call, workosUserId: idOf(backend, "grace"), edge: "wrong" };
  expect(await rejectionOf(backend.nobody.mutation(api.sessions.revoke, wrong))).toBe("forbidden");
});

test("the first sign-in stores the browser's theme and time zone, and later sign-ins keep them", async () => {
  const grace = backend.as({ sub: idOf(backend, "grace"), sid: sessionOf(backend, "1") });
  const call = {
    ...profileOf(backend, "grace"),
    edge: EDGE_SECRET,
    session: { sessionId: sessionOf(backend, "1"), ...DEVICE, city: "Berlin", country: "DE" },
  };
  const first = await grace.mutation(api.edge.signedIn, {
    ...call,
    browser: { theme: "dark", timeZone: "Europe/Berlin" },
  });
  expect(first.preferences).toEqual({ theme: "dark", timeZone: "Europe/Berlin" });
  const again = await grace.mutation(api.edge.signedIn, {
    ...call,
    browser: { theme: "light", timeZone: "No/Where" },
  });
  expect(again).toEqual(first);
});

test("rejects a sign-in whose session id differs from the token's", async () => {
  const grace = backend.as({ sub: idOf(backend, "grace"), sid: sessionOf(backend, "1") });
  const call = {
    ...profileOf(backend, "grace"),
    edge: EDGE_SECRET,
    session: { sessionId: sessionOf(backend, "2"), ...DEVICE },
  };
  expect(await rejectionOf(grace.mutation(api.edge.signedIn, call))).toBe("forbidden");
});

test("rejects a refresh after the session is signed out", async () => {
  const grace = await signIn(backend, "grace");
  const out = {
    sessionId: grace.sessionId,
    workosUserId: grace.workosUserId,
    ...DEVICE,
    edge: EDGE_SECRET,
  };
  await backend.nobody.mutation(api.edge.signedOut, out);
  await backend.nobody.mutation(api.edge.signedOut, out);
  const refresh = { session: { sessionId: grace.sessionId, ...DEVICE }, edge: EDGE_SECRET };
  expect(await rejectionOf(grace.mutation(api.edge.refreshed, refresh))).toBe("unauthenticated");
});

test("revoking all other sessions ends any number of them in one call, and no later one", async () => {
  const grace = await signIn(backend, "grace");
  const others = [];
  for (const session of ["a", "b", "c"]) others.push(await signIn(backend, "grace", { session }));
  // More than have an audit entry, and one that was never recorded.
  const rows = Array.from({ length: 260 }, (_, i) => ({
    sessionId: `${sessionOf(backend, "many")}_${i}`,
    workosUserId: grace.workosUserId,
    startedAt: Date.now() - i,
    lastSeenAt: Date.now(),
  }));
  await backend.store("sessions", rows);
  const unknown = backend.as({ sub: grace.workosUserId, sid: sessionOf(backend, "unknown") });
  expect(await rejectionOf(unknown.query(api.users.viewer, {}))).toBe("none");
  const call = { sessionId: grace.sessionId, ...DEVICE, edge: EDGE_SECRET };
  await grace.mutation(api.edge.otherSessionsEnded, call);
  const stored = rows.map(({ sessionId }) => backend.as({ sub: grace.workosUserId, sid: sessionId }));
  for (const ended of [...others, unknown, ...stored]) {
    expect(await rejectionOf(ended.query(api.users.viewer, {}))).toBe("unauthenticated");
  }
  // A sign-in of the same second: sessions start at whole seconds.
  const startedAt = Math.floor(Date.now() / 1000) * 1000;
  const later = await signIn(backend, "grace", { session: "later", startedAt });
  for (const kept of [grace, later]) {
    const listed = await kept.query(api.sessions.mine, {});
    const ids = listed.map(({ sessionId }) => sessionId).sort();
    expect(ids).toEqual([grace.sessionId, later.sessionId].sort());
  }
  const { page } = await grace.query(api.auditLogs.mine, { paginationOpts: { numItems: 100, cursor: null } });
  expect(page.filter(({ event }) => event === "session_revoked").length).toBeGreaterThan(90);
  const anothers = { ...call, sessionId: later.sessionId };
  expect(await rejectionOf(grace.mutation(api.edge.otherSessionsEnded, anothers))).toBe("forbidden");
});

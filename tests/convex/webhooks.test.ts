/** WorkOS webhooks: signatures, ordering, deletion and sessions. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { CONFLICTS, EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { idOf, type Member, profileOf, rejectionOf, sessionOf, signIn } from "./people.ts";
import { type Sending, sendBody, sendEvent } from "./webhook.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
let ada: Member;
beforeEach(async () => {
  backend = await startBackend(CONFLICTS);
  ada = await signIn(backend, "ada");
});

const deliver = (event: string, data: object, sending: Sending = {}) =>
  sendEvent(backend, event, data, sending);

const post = (body: string, sending: Sending = {}) => sendBody(backend, body, sending);

function user(name: string, updatedAt: string, over: object = {}) {
  return {
    object: "user",
    id: idOf(backend, name),
    email: `${name}${backend.scope}@example.com`,
    first_name: "Grace",
    last_name: null,
    profile_picture_url: null,
    email_verified: true,
    updated_at: updatedAt,
    ...over,
  };
}

const find = (name: string) => ada.query(api.users.getByWorkOSId, { workosUserId: idOf(backend, name) });

describe("verification", () => {
  test.each<[string, Sending]>([
    ["signed with another secret", { secret: "another" }],
    ["six minutes old", { sentAt: Date.now() - 6 * 60_000 }],
    ["six minutes in the future", { sentAt: Date.now() + 6 * 60_000 }],
    ["with an empty signature", { signature: "" }],
    ["with a timestamp but no signature", { signature: `t=${Date.now()}` }],
    ["with a signature of zeros", { signature: `t=${Date.now()}, v1=${"0".repeat(64)}` }],
  ])("a message %s is rejected with 401 and has no effect", async (_what, sending) => {
    expect(await deliver("user.created", user("grace", "2026-01-01T00:00:00.000Z"), sending)).toBe(401);
    expect(await find("grace")).toBeNull();
  });

  test.each([
    ["with", (text: string) => text],
    ["without", (text: string) => new Blob([text]).stream()],
  ])(
    "an unsigned message of over 1 MiB, %s a Content-Length, is rejected with 401",
    async (_what, bodyOf) => {
      const sent = {
        method: "POST",
        body: bodyOf("x".repeat(1024 * 1024 + 1)),
        duplex: "half",
      } as RequestInit;
      expect((await backend.fetch("/webhooks/workos", sent)).status).toBe(401);
    },
  );

  test("an unknown event type gets 200, and a malformed but signed message gets 400", async () => {
    expect(await deliver("connection.activated", {})).toBe(200);
    expect(await deliver("user.created", { id: 7 })).toBe(400);
    expect(await post("no json")).toBe(400);
    expect(await post("[]")).toBe(400);
  });
});

describe("users", () => {
  test("user.created creates a user whose role is set at their first sign-in", async () => {
    expect(await deliver("user.created", user("alan", "2026-01-01T00:00:00.000Z"))).toBe(200);
    expect(await find("alan")).toMatchObject({
      email: `alan${backend.scope}@example.com`,
      role: "developer",
      status: "active",
    });
    await signIn(backend, "alan", { role: "viewer" });
    expect(await find("alan")).toMatchObject({ role: "viewer" });
  });

  test("the newest updated_at wins in any order", async () => {
    await deliver("user.updated", user("grace", "2026-01-03T00:00:00.000Z", { first_name: "Third" }));
    await deliver("user.updated", user("grace", "2026-01-02T00:00:00.000Z", { first_name: "Second" }));
    await deliver("user.created", user("grace", "2026-01-01T00:00:00.000Z", { first_name: "First" }));
    expect((await find("grace"))?.firstName).toBe("Third");
  });

  test("keeps names changed in the app, and updates the e-mail from WorkOS", async () => {
    const grace = await signIn(backend, "grace");
    await grace.mutation(api.users.updateProfile, { userId: grace.userId, firstName: "Mine" });
    const renamed = { first_name: "Theirs", last_name: "New", email: `G${backend.scope}@Example.com` };
    await deliver("user.updated", user("grace", new Date().toISOString(), renamed));
    expect(await find("grace")).toMatchObject({
      firstName: "Mine",
      lastName: "New",
      email: `g${backend.scope}@example.com`,
    });
  });

  test("handles events with the same id only once", async () => {
    const grace = await signIn(backend, "grace");
    const reset = { user_id: grace.workosUserId };
    for (let i = 0; i < 2; i++) await deliver("password_reset.succeeded", reset, { id: "event_same" });
    const { page } = await ada.query(api.auditLogs.all, {
      paginationOpts: { numItems: 10, cursor: null },
      userId: grace.userId,
      event: "password_change",
    });
    expect(page).toHaveLength(1);
  });
});

describe("deletion", () => {
  test("empties the row, revokes sessions, and cannot be undone later", async () => {
    const grace = await signIn(backend, "grace");
    // agents:start
    const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
    const shared = await ada.mutation(api.projects.create, { name: "Shared" });
    await ada.mutation(api.projects.addMember, { projectId: shared, email: grace.email });
    // agents:end
    await deliver("user.deleted", user("grace", "2026-01-01T00:00:00.000Z"));

    const gone = await find("grace");
    expect(gone).toMatchObject({ status: "deleted", email: "", emailVerified: false });
    expect(gone).not.toHaveProperty("firstName");
    expect(await rejectionOf(grace.query(api.users.viewer, {}))).toBe("unauthenticated");
    const again = backend.as({ sub: grace.workosUserId, sid: sessionOf(backend, "later") });
    const sync = { ...profileOf(backend, "grace"), edge: EDGE_SECRET };
    expect(await rejectionOf(again.mutation(api.users.syncFromWorkOS, sync))).toBe("unauthenticated");
    await deliver("user.updated", user("grace", "2030-01-01T00:00:00.000Z"));
    expect((await find("grace"))?.status).toBe("deleted");

    // agents:start
    expect((await ada.query(api.projects.get, { projectId })).name).toBe("Engine");
    expect((await ada.query(api.projects.get, { projectId: shared })).members).toHaveLength(1);
    // agents:end
    const listed = await ada.query(api.users.list, {
      paginationOpts: { numItems: 10, cursor: null },
      search: grace.email,
    });
    expect(listed.page).toEqual([]);
  });

  test("wins over user.created even if it arrives first", async () => {
    await deliver("user.deleted", { id: idOf(backend, "grace") });
    await deliver("user.created", user("grace", "2030-01-01T00:00:00.000Z"));
    expect((await find("grace"))?.status).toBe("deleted");
  });

  test("of an unknown user is kept, so that no sync creates the user", async () => {
    await deliver("user.deleted", { id: idOf(backend, "grace") });
    expect(await rejectionOf(signIn(backend, "grace"))).toBe("unauthenticated");
  });
});

describe("sessions", () => {
  test("session.revoked revokes the session and is logged", async () => {
    const grace = await signIn(backend, "grace");
    await deliver("session.revoked", { object: "session", id: grace.sessionId, user_id: grace.workosUserId });
    expect(await rejectionOf(grace.query(api.users.viewer, {}))).toBe("unauthenticated");
    const phone = await signIn(backend, "grace", { session: "phone" });
    const { page } = await phone.query(api.auditLogs.mine, {
      paginationOpts: { numItems: 10, cursor: null },
    });
    expect(page.map(({ event }) => event)).toContain("session_revoked");
  });

  test("a password reset ends the sessions that started before it, however late it arrives", async () => {
    const at = Math.floor(Date.now() / 1000) * 1000 - 60_000;
    const laptop = await signIn(backend, "grace", { startedAt: at - 1 });
    const phone = await signIn(backend, "grace", { session: "phone", startedAt: at - 3_600_000 });
    const stays = await signIn(backend, "grace", { session: "same second", startedAt: at });
    // The user left these two sessions out when they revoked the others, some time after the reset.
    const device = { ipAddress: "203.0.113.7", userAgent: "x", edge: EDGE_SECRET };
    await laptop.mutation(api.edge.otherSessionsEnded, { sessionId: laptop.sessionId, ...device });
    const next = await signIn(backend, "grace", { session: "next" });
    await deliver(
      "password_reset.succeeded",
      { object: "password_reset", user_id: laptop.workosUserId },
      { createdAt: at + 999 },
    );
    for (const session of [laptop, phone, stays]) {
      expect(await rejectionOf(session.query(api.users.viewer, {}))).toBe("unauthenticated");
    }
    expect(await rejectionOf(next.query(api.users.viewer, {}))).toBe("none");
  });

  test("a session of the same second as a password reset stays, and cannot be replaced by an older one", async () => {
    const at = Math.floor(Date.now() / 1000) * 1000 - 60_000;
    const before = await signIn(backend, "grace", { startedAt: at - 1 });
    const after = await signIn(backend, "grace", { session: "after", startedAt: at });
    const reset = { object: "password_reset", user_id: before.workosUserId };
    await deliver("password_reset.succeeded", reset, { createdAt: at + 999 });
    expect(await rejectionOf(before.query(api.users.viewer, {}))).toBe("unauthenticated");
    expect(await rejectionOf(after.query(api.users.viewer, {}))).toBe("none");
    expect(await rejectionOf(signIn(backend, "grace", { session: "late", startedAt: at - 1 }))).toBe(
      "unauthenticated",
    );
    expect(await rejectionOf(signIn(backend, "grace", { session: "new" }))).toBe("none");
  });

  test("a password reset revokes every stored session and logs each revocation", async () => {
    const startedAt = Date.now() - 5_000;
    const laptop = await signIn(backend, "grace", { startedAt });
    const phone = await signIn(backend, "grace", { session: "phone", startedAt });
    await deliver("password_reset.succeeded", { object: "password_reset", user_id: laptop.workosUserId });
    for (const session of [laptop, phone]) {
      expect(await rejectionOf(session.query(api.users.viewer, {}))).toBe("unauthenticated");
    }
    const later = await signIn(backend, "grace", { session: "later" });
    const { page } = await later.query(api.auditLogs.mine, {
      paginationOpts: { numItems: 10, cursor: null },
    });
    expect(page.map(({ event }) => event).sort()).toEqual([
      "login",
      "login",
      "login",
      "password_change",
      "session_revoked",
      "session_revoked",
    ]);
  });

  test("a password reset ends 260 sessions with one cutoff, and logs the newest 100", async () => {
    const at = Math.floor(Date.now() / 1000) * 1000;
    const { workosUserId, userId } = await signIn(backend, "grace", { startedAt: at - 1_000 });
    const rows = Array.from({ length: 260 }, (_, index) => ({
      sessionId: sessionOf(backend, `many_${index}`),
      workosUserId,
      startedAt: at - 1_000 - index,
      lastSeenAt: at,
    }));
    await backend.store("sessions", rows);
    const stateOf = ({ sessionId: sid }: { sessionId: string }) =>
      rejectionOf(backend.as({ sub: workosUserId, sid }).query(api.users.viewer, {}));
    // Every tenth and the last: the order of creation and that of the start are opposite.
    const some = [...rows.filter((_, index) => index % 10 === 0), rows.at(-1) ?? { sessionId: "" }];
    expect(await Promise.all(some.map(stateOf))).toEqual(some.map(() => "none"));
    await deliver("password_reset.succeeded", { user_id: workosUserId }, { createdAt: at });
    expect(await Promise.all(some.map(stateOf))).toEqual(some.map(() => "unauthenticated"));
    const cutoffs = await backend.rows("sessionCutoffs");
    expect(cutoffs.filter((row) => row.workosUserId === workosUserId)).toMatchObject([{ before: at }]);
    const log = { userId, event: "session_revoked" as const };
    const first = await ada.query(api.auditLogs.all, {
      ...{ ...log, paginationOpts: { numItems: 100, cursor: null } },
    });
    const cursor = first.continueCursor;
    const next = await ada.query(api.auditLogs.all, { ...log, paginationOpts: { numItems: 100, cursor } });
    expect([first.page.length, next.page.length]).toEqual([100, 0]);
  });

  test("events of an unknown user count when the user signs in later", async () => {
    const user = { user_id: idOf(backend, "new") };
    const at = Math.floor(Date.now() / 1000) * 1000;
    await deliver("session.revoked", { id: sessionOf(backend, "revoked"), ...user });
    await deliver("password_reset.succeeded", user, { createdAt: at });
    expect(await find("new")).toBeNull();
    const enter = (session: string, startedAt: number) =>
      rejectionOf(signIn(backend, "new", { session, startedAt }));
    expect(await enter("revoked", at + 1_000)).toBe("unauthenticated");
    expect(await enter("before", at - 1_000)).toBe("unauthenticated");
    expect(await enter("after", at)).toBe("none");
  });
});

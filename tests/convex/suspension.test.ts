/** Access that an admin ends: suspended users, and sessions of other users. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { hashOfKey } from "../../convex/model/keys.ts";
import { CONFLICTS, EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { DEVICE, idOf, type Member, profileOf, rejectionOf, sessionOf, signIn } from "./people.ts";
import { sendEvent } from "./webhook.ts";

const { startBackend, startBackendAlone } = openBackends();

let backend: TestBackend;
let ada: Member;
let grace: Member;
beforeEach(async () => {
  backend = await startBackend(CONFLICTS);
  ada = await signIn(backend, "ada");
  grace = await signIn(backend, "grace");
});

const suspend = ({ userId }: { userId: string }, by: Member = ada) =>
  rejectionOf(by.mutation(api.users.suspend, { userId }));
const restore = ({ userId }: { userId: string }) => rejectionOf(ada.mutation(api.users.restore, { userId }));
const endSessions = ({ userId }: { userId: string }, by: Member = ada) =>
  rejectionOf(by.mutation(api.users.endSessions, { userId }));

async function entriesAbout({ userId }: Member) {
  const paginationOpts = { numItems: 50, cursor: null };
  return (await ada.query(api.auditLogs.all, { paginationOpts, userId })).page;
}

const eventsAbout = async (member: Member) => (await entriesAbout(member)).map(({ event }) => event);

describe("a suspended user", () => {
  test("is rejected everywhere, in every session, and cannot sign in until restored", async () => {
    const phone = await signIn(backend, "grace", { session: "phone" });
    expect(await suspend(grace)).toBe("none");
    for (const session of [grace, phone]) {
      expect(await rejectionOf(session.query(api.users.viewer, {}))).toBe("unauthenticated");
      expect(await rejectionOf(session.query(api.pages.activity, {}))).toBe("unauthenticated");
      expect(await rejectionOf(session.mutation(api.preferences.set, { theme: "dark" }))).toBe(
        "unauthenticated",
      );
    }
    expect(await rejectionOf(signIn(backend, "grace", { session: "new" }))).toBe("unauthenticated");
    const sync = { ...profileOf(backend, "grace"), edge: EDGE_SECRET };
    expect(await rejectionOf(grace.mutation(api.users.syncFromWorkOS, sync))).toBe("unauthenticated");
    const event = { ...DEVICE, event: "logout" as const, edge: EDGE_SECRET };
    expect(await grace.mutation(api.auditLogs.logAuthEvent, event)).toBeNull();

    expect(await restore(grace)).toBe("none");
    expect(await rejectionOf(grace.query(api.users.viewer, {}))).toBe("unauthenticated");
    const again = await signIn(backend, "grace", { session: "again" });
    expect(await again.query(api.users.viewer, {})).toMatchObject({ status: "active", _id: grace.userId });
    expect((await again.query(api.sessions.mine, {})).map(({ sessionId }) => sessionId)).toEqual([
      again.sessionId,
    ]);
  });

  // agents:start
  test("keeps projects and API keys, which go on; only alerts to the user's own address end", async () => {
    const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
    const { key } = await grace.mutation(api.projectKeys.create, { projectId, name: "Key" });
    const addChannel = (who: Member, kind: "email" | "webhook", address: string) =>
      who.mutation(api.alertChannels.create, { projectId, kind, address });
    await addChannel(grace, "email", grace.email);
    await addChannel(grace, "webhook", "https://example.com/alerts");
    await suspend(grace);
    expect(await ada.query(api.alertChannels.list, { projectId })).toMatchObject([{ kind: "webhook" }]);
    expect(await rejectionOf(addChannel(ada, "email", grace.email))).toBe("invalid");
    const project = await ada.query(api.projects.get, { projectId });
    expect(project.members).toMatchObject([{ userId: grace.userId, role: "owner", suspended: true }]);
    const sent = await backend.nobody.mutation(api.metrics.ingest, {
      keyHash: await hashOfKey(key),
      path: "/api/v1/metrics",
      edge: EDGE_SECRET,
    });
    expect(sent).toEqual({ outcome: "admitted" });
    await restore(grace);
    expect((await ada.query(api.projects.get, { projectId })).members[0]).not.toHaveProperty("suspended");
  });
  // agents:end

  test("is listed and found", async () => {
    await suspend(grace);
    const paginationOpts = { numItems: 10, cursor: null };
    const found = await ada.query(api.users.list, { paginationOpts, search: grace.email });
    expect(found.page).toMatchObject([{ _id: grace.userId, status: "suspended" }]);
    // agents:start
    const projectId = await ada.mutation(api.projects.create, { name: "Engine" });
    const add = ada.mutation(api.projects.addMember, { projectId, email: grace.email });
    expect(await rejectionOf(add)).toBe("conflict");
    // agents:end
  });

  test("stays suspended whatever WorkOS says, and can be deleted", async () => {
    await suspend(grace);
    const user = {
      id: grace.workosUserId,
      email: grace.email,
      email_verified: true,
      updated_at: "2030-01-01T00:00:00.000Z",
    };
    expect(await sendEvent(backend, "user.updated", { ...user, first_name: "New" })).toBe(200);
    expect(await ada.query(api.users.getById, { userId: grace.userId })).toMatchObject({
      status: "suspended",
      firstName: "New",
    });
    await sendEvent(backend, "user.deleted", user);
    expect(await suspend(grace)).toBe("conflict");
    expect(await restore(grace)).toBe("conflict");
    expect(await endSessions(grace)).toBe("conflict");
  });
});

test("suspending and restoring twice changes nothing and is logged once", async () => {
  expect([await suspend(grace), await suspend(grace)]).toEqual(["none", "none"]);
  expect([await restore(grace), await restore(grace)]).toEqual(["none", "none"]);
  const entries = (await entriesAbout(grace)).filter(({ event }) => event.startsWith("user_"));
  expect(entries).toMatchObject([
    { event: "user_restored", actorId: ada.userId },
    { event: "user_suspended", actorId: ada.userId },
  ]);
});

test("an admin suspends neither themselves nor the last admin, and an unknown user is not_found", async () => {
  const alone = await startBackendAlone(CONFLICTS);
  const [one, two] = [await signIn(alone, "ada"), await signIn(alone, "grace")];
  expect(await suspend(one, one)).toBe("conflict");
  expect(await suspend({ userId: "unknown" }, one)).toBe("not_found");
  await one.mutation(api.users.setRole, { userId: two.userId, role: "admin" });
  expect(await suspend(one, one)).toBe("conflict");
  // At the same time, two admins suspend each other: one remains.
  expect([await suspend(two, one), await suspend(one, two)].sort()).toEqual(["none", "unauthenticated"]);
  expect(await suspend(one, two)).toBe("unauthenticated");
  expect(await one.query(api.users.viewer, {})).toMatchObject({ status: "active" });
});

describe("ending sessions", () => {
  test("ends all of them, however many, and the user may sign in again at once", async () => {
    const mia = await signIn(backend, "mia");
    const now = Math.floor(Date.now() / 1000) * 1000;
    const rows = Array.from({ length: 260 }, (_, index) => ({
      sessionId: sessionOf(backend, `old_${index}`),
      workosUserId: idOf(backend, "mia"),
      startedAt: index < 5 ? now : now - index * 1000,
      lastSeenAt: now,
    }));
    await backend.store("sessions", rows);
    const sessions = rows.map(({ sessionId }) => backend.as({ sub: idOf(backend, "mia"), sid: sessionId }));
    const accepted = async () =>
      (await Promise.all(sessions.map((one) => rejectionOf(one.query(api.users.viewer, {}))))).filter(
        (code) => code === "none",
      ).length;
    expect(await accepted()).toBe(260);
    expect(await endSessions(mia)).toBe("none");
    expect(await accepted()).toBe(0);
    expect(await rejectionOf(mia.query(api.users.viewer, {}))).toBe("unauthenticated");
    const started = { session: "mia again", startedAt: Math.floor(Date.now() / 1000) * 1000 };
    const again = await signIn(backend, "mia", started);
    expect(await again.query(api.users.viewer, {})).toMatchObject({ status: "active" });
    expect(await endSessions(mia)).toBe("none");
    const entries = (await entriesAbout(mia)).filter(({ event }) => event !== "login");
    expect(entries).toMatchObject([
      { event: "sessions_ended", target: "1", actorId: ada.userId },
      { event: "sessions_ended", target: "261" },
    ]);
  });
});

describe("while impersonating", () => {
  const support = "support@example.com";

  test("an admin may neither suspend, set roles, end the user's sessions, export nor delete", async () => {
    const acting = await signIn(backend, "ada", { session: "acting", impersonator: support });
    const projectId = await acting.mutation(api.projects.create, { name: "Engine" }); // agents:line
    const device = { ...DEVICE, edge: EDGE_SECRET };
    const { sessionId, userId } = acting;
    const calls = [
      acting.mutation(api.users.suspend, { userId: grace.userId }),
      acting.mutation(api.users.setRole, { userId: grace.userId, role: "viewer" }),
      acting.mutation(api.users.endSessions, { userId }),
      acting.mutation(api.projectKeys.create, { projectId, name: "Key" }), // agents:line
      acting.query(api.pages.accountExport, {}),
      acting.mutation(api.edge.otherSessionsEnded, { sessionId, ...device }),
      acting.mutation(api.sessions.revoke, { sessionId: ada.sessionId, ...device }),
      acting.mutation(api.edge.accountDeleted, { edge: EDGE_SECRET }),
    ];
    expect(await Promise.all(calls.map(rejectionOf))).toEqual(calls.map(() => "forbidden"));
    expect(await acting.mutation(api.sessions.revoke, { sessionId, ...device })).toBeNull();
  });

  test("everything that is done is logged with the impersonator, also without a token", async () => {
    const acting = await signIn(backend, "ada", { session: "acting", impersonator: support });
    expect(await endSessions(grace, acting)).toBe("none");
    await backend.nobody.mutation(api.edge.signedOut, {
      workosUserId: acting.workosUserId,
      sessionId: acting.sessionId,
      impersonator: support,
      ...DEVICE,
      edge: EDGE_SECRET,
    });
    const [ended] = await entriesAbout(grace);
    expect(ended).toMatchObject({ event: "sessions_ended", actorId: ada.userId, impersonator: support });
    const [left, entered, own] = await entriesAbout(ada);
    expect([left, entered]).toMatchObject(
      ["logout", "login"].map((event) => ({ event, impersonator: support })),
    );
    expect(own).toMatchObject({ event: "login" });
    expect(own).not.toHaveProperty("impersonator");
    expect(await eventsAbout(ada)).toHaveLength(3);
  });
});

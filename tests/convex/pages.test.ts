/** Page queries: each returns all data of one page for the current user. */
import { beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { openBackends, type TestBackend } from "./backend.ts";
import { idOf, type Member, rejectionOf, sessionOf, signIn } from "./people.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
let grace: Member;
beforeEach(async () => {
  backend = await startBackend();
  grace = await signIn(backend, "grace");
});

test("the admin log page includes the users of its entries and supports the log's filters", async () => {
  const ada = await signIn(backend, "ada");
  await ada.mutation(api.users.setRole, { userId: grace.userId, role: "viewer" });
  const page = await ada.query(api.pages.adminAudit, { userId: grace.userId, event: "role_changed" });
  expect(page.entries.page).toMatchObject([{ event: "role_changed", actorId: ada.userId }]);
  expect(page.people.map(({ email }) => email).sort()).toEqual([ada.email, grace.email].sort());
  expect(await rejectionOf(ada.query(api.pages.adminAudit, { userId: "no id" }))).toBe("not_found");
  const users = await ada.query(api.pages.adminUsers, { search: grace.email });
  expect(users.users.page.map(({ _id }) => _id)).toEqual([grace.userId]);
});

test("a cursor returns older entries, and an invalid cursor is not_found", async () => {
  const events = Array.from({ length: 25 }, (_, i) => ({
    ...{ userId: grace.userId, event: "role_changed", target: `${i}` },
    timestamp: Date.now() + i,
  }));
  await backend.store("auditLogs", events);
  const targets = async (cursor?: string) => {
    const { entries } = await grace.query(api.pages.activity, cursor === undefined ? {} : { cursor });
    return { targets: entries.page.map(({ target }) => target), next: entries.continueCursor };
  };
  const first = await targets();
  expect(first.targets).toEqual(Array.from({ length: 20 }, (_, i) => `${24 - i}`));
  expect((await targets(first.next)).targets).toEqual(["4", "3", "2", "1", "0", grace.sessionId]);
  const mine = (cursor: string | null, endCursor: string | null = null) =>
    grace.query(api.auditLogs.mine, { paginationOpts: { numItems: 20, cursor, endCursor } });
  const malformed = ["nonsense", " [ ]", "[1]", "{}", "null", "5", "", "x".repeat(10_000), "\u0000"];
  // The right number of values, of which one has a reserved key.
  const reserved = ["$integer", "$float", "$bytes", "$set", "$map"].map((key) =>
    JSON.stringify([...JSON.parse(first.next).slice(1), { [key]: "x" }]),
  );
  for (const cursor of [...malformed, ...reserved]) {
    expect(await rejectionOf(targets(cursor)), cursor).toBe("not_found");
    expect(await rejectionOf(mine(cursor)), cursor).toBe("invalid");
    expect(await rejectionOf(mine(first.next, cursor)), cursor).toBe("invalid");
  }
  // The last page of a list ends at an empty cursor.
  const { continueCursor } = await mine(first.next);
  expect((await mine(first.next, continueCursor)).page).toHaveLength(6);
  expect(await mine(continueCursor)).toEqual({ page: [], isDone: true, continueCursor });
});

test("the export has the user's data", async () => {
  expect(await grace.query(api.pages.accountExport, {})).toMatchObject({
    viewer: { email: grace.email, preferences: { theme: null } },
    sessions: [{ sessionId: grace.sessionId }],
  });
});

test("the pages of a user who was never synced are empty", async () => {
  const unsynced = backend.as({ sub: idOf(backend, "new"), sid: sessionOf(backend, "new") });
  expect(await unsynced.query(api.pages.sessions, {})).toEqual({ viewer: null, sessions: [] });
  expect(await unsynced.query(api.pages.activity, {})).toMatchObject({ viewer: null, entries: { page: [] } });
  expect(await unsynced.query(api.pages.account, {})).toEqual({ viewer: null, lastAdmin: false });
  expect(await rejectionOf(unsynced.query(api.pages.accountExport, {}))).toBe("forbidden");
});

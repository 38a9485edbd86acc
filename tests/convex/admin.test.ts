/** Admin functions: user search, roles and the audit log. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { DEVICE, idOf, type Member, rejectionOf, signIn } from "./people.ts";

const { startBackend, startBackendAlone } = openBackends();

let backend: TestBackend;
let ada: Member;
let grace: Member;
async function begin(start: () => Promise<TestBackend>): Promise<void> {
  backend = await start();
  ada = await signIn(backend, "ada", { profile: { firstName: "Ada", lastName: "Lovelace" } });
  grace = await signIn(backend, "grace", { profile: { firstName: "Grace", lastName: "Hopper" } });
}

const firstPage = { numItems: 20, cursor: null };

async function found(search: string): Promise<string[]> {
  const { page } = await ada.query(api.users.list, { paginationOpts: firstPage, search });
  return page.map(({ email }) => email);
}

describe("on a shared deployment", () => {
  beforeEach(() => begin(startBackend));

  test("search finds users by their current name, in full pages without duplicates", async () => {
    for (const n of [1, 2, 3, 4, 5]) await signIn(backend, `zoe${n}`, { profile: { firstName: "Zoe" } });
    const seen: string[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < 10; pages++) {
      const result: { page: { email: string }[]; isDone: boolean; continueCursor: string } = await ada.query(
        api.users.list,
        { paginationOpts: { numItems: 2, cursor }, search: "zoe" },
      );
      seen.push(...result.page.map(({ email }) => email));
      cursor = result.continueCursor;
      if (result.isDone) break;
      expect(result.page).toHaveLength(2);
    }
    expect([...seen].sort()).toEqual([1, 2, 3, 4, 5].map((n) => `zoe${n}${backend.scope}@example.com`));
    await grace.mutation(api.users.updateProfile, { userId: grace.userId, firstName: "Zara" });
    expect(await found("zara")).toEqual([grace.email]);
    expect(await found("grace h")).not.toContain(grace.email);
  });

  test("a role set by an admin overrides the token's role claim, and the log names the admin", async () => {
    await ada.mutation(api.users.setRole, { userId: grace.userId, role: "viewer" });
    await signIn(backend, "grace", { role: "admin" });
    expect((await grace.query(api.users.viewer, {}))?.role).toBe("viewer");
    const { page } = await ada.query(api.auditLogs.all, {
      paginationOpts: firstPage,
      userId: grace.userId,
      event: "role_changed",
    });
    expect(page).toMatchObject([{ userId: grace.userId, actorId: ada.userId, target: "viewer" }]);
  });

  test("only admins list users, set roles and read the whole log", async () => {
    expect(await rejectionOf(grace.query(api.users.list, { paginationOpts: firstPage }))).toBe("forbidden");
    const raise = { userId: grace.userId, role: "admin" } as const;
    expect(await rejectionOf(grace.mutation(api.users.setRole, raise))).toBe("forbidden");
    expect(await rejectionOf(grace.query(api.auditLogs.all, { paginationOpts: firstPage }))).toBe(
      "forbidden",
    );
    expect(await rejectionOf(ada.mutation(api.users.setRole, { ...raise, userId: "no id" }))).toBe(
      "not_found",
    );
  });

  test("users read their own log entries, also from before their first sign-in", async () => {
    const early = { workosUserId: idOf(backend, "new"), ...DEVICE, edge: EDGE_SECRET };
    await backend.nobody.mutation(api.auditLogs.logAuthEvent, { ...early, event: "password_change" });
    const newcomer = await signIn(backend, "new");
    const { page } = await newcomer.query(api.auditLogs.mine, { paginationOpts: firstPage });
    expect(page.map(({ event }) => event)).toEqual(["login", "password_change"]);
    expect(page[1]).toEqual({
      _id: expect.any(String),
      userId: newcomer.userId,
      event: "password_change",
      timestamp: expect.any(Number),
      ...DEVICE,
    });
  });

  // agents:start
  test("the first page of a list does not grow in an open tab", async () => {
    const tab = backend.connect({ sub: grace.workosUserId, sid: grace.sessionId });
    let names: (string | undefined)[] = [];
    tab.onUpdate(api.auditLogs.mine, { paginationOpts: { numItems: 2, cursor: null } }, ({ page }) => {
      names = page.map(({ target }) => target);
    });
    await expect.poll(() => names).toEqual([grace.sessionId]);
    for (const name of ["One", "Two", "Three"]) {
      await grace.mutation(api.projects.create, { name });
      await expect.poll(() => names[0]).toBe(name);
    }
    expect(names).toEqual(["Three", "Two"]);
    await tab.close();
  });
  // agents:end

  test("the log is filtered by user and event, and an unknown user is not_found", async () => {
    const { page } = await ada.query(api.auditLogs.all, {
      paginationOpts: firstPage,
      userId: grace.userId,
      event: "login",
    });
    expect(page).toHaveLength(1);
    const nobody = ada.query(api.auditLogs.all, { paginationOpts: firstPage, userId: "no id" });
    expect(await rejectionOf(nobody)).toBe("not_found");
  });

  test("users list their own active sessions, newest first", async () => {
    const phone = await signIn(backend, "grace", { session: "phone" });
    const ids = async () => (await phone.query(api.sessions.mine, {})).map(({ sessionId }) => sessionId);
    expect(await ids()).toEqual([phone.sessionId, grace.sessionId]);
    await phone.mutation(api.sessions.revoke, {
      sessionId: grace.sessionId,
      ...DEVICE,
      edge: EDGE_SECRET,
    });
    expect(await ids()).toEqual([phone.sessionId]);
    const { page } = await phone.query(api.auditLogs.mine, { paginationOpts: firstPage });
    expect(page[0]).toMatchObject({ event: "session_revoked", target: grace.sessionId, ...DEVICE });
  });
});

describe("on a deployment with no other users", () => {
  beforeEach(() => begin(startBackendAlone));

  test("search matches prefixes of names and e-mail in any case, and lists each user once", async () => {
    expect(await found("GRA")).toEqual([grace.email]);
    expect(await found(" hop")).toEqual([grace.email]);
    expect(await found("grace h")).toEqual([grace.email]);
    expect(await found("grace@ex")).toEqual([grace.email]);
    expect(await found("example")).toEqual([]);
    expect(await found("opper")).toEqual([]);
    expect(await found("")).toEqual([ada.email, grace.email]);
    // An emoji follows all other characters in the order of the index.
    await grace.mutation(api.users.updateProfile, { userId: grace.userId, lastName: "Hopper😀" });
    expect(await found("hopper")).toEqual([grace.email]);
  });

  test("an admin from ADMIN_EMAILS stays demoted, and the last admin cannot be demoted", async () => {
    const lower = { userId: ada.userId, role: "developer" } as const;
    expect(await rejectionOf(ada.mutation(api.users.setRole, lower))).toBe("conflict");
    await ada.mutation(api.users.setRole, { userId: grace.userId, role: "admin" });
    await grace.mutation(api.users.setRole, lower);
    await signIn(backend, "ada");
    expect((await ada.query(api.users.viewer, {}))?.role).toBe("developer");
  });
});

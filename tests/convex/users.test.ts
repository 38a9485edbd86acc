/** Users: sync from WorkOS, lookup and profile changes. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { idOf, profileOf, rejectionOf, sessionOf, signIn } from "./people.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
beforeEach(async () => {
  backend = await startBackend();
});

/** Returns a caller in the session of a name, who may be without a row. */
function as(name: string) {
  return backend.as({ sub: idOf(backend, name), sid: sessionOf(backend, name) });
}

function sync(name: string, profile: { [field: string]: unknown } = {}, role?: string) {
  const workosProfile = profileOf(backend, name, profile);
  return backend
    .as({
      sub: workosProfile.workosUserId,
      sid: sessionOf(backend, name),
      ...(role !== undefined && { role }),
    })
    .mutation(api.users.syncFromWorkOS, { ...workosProfile, edge: EDGE_SECRET });
}

describe("syncing from WorkOS", () => {
  test("syncing twice returns the same user and changes nothing", async () => {
    const first = await sync("grace");
    const grace = as("grace");
    const before = await grace.query(api.users.viewer, {});
    expect(await sync("grace")).toBe(first);
    expect(await grace.query(api.users.viewer, {})).toEqual(before);
    expect(before).toMatchObject({
      _id: first,
      email: `grace${backend.scope}@example.com`,
      firstName: "Grace",
      role: "developer",
      status: "active",
      preferences: { theme: null, timeZone: null },
    });
  });

  test("stores the e-mail trimmed and in lower case", async () => {
    await sync("grace", { email: `  Grace${backend.scope}@Example.COM ` });
    const viewer = await as("grace").query(api.users.viewer, {});
    expect(viewer?.email).toBe(`grace${backend.scope}@example.com`);
  });

  test("keeps a name changed in the app, and updates other names from WorkOS", async () => {
    const grace = await signIn(backend, "grace");
    await grace.mutation(api.users.updateProfile, { userId: grace.userId, firstName: "Amazing" });
    await sync("grace", { firstName: "Other", lastName: "Hopper" });
    expect(await grace.query(api.users.viewer, {})).toMatchObject({
      firstName: "Amazing",
      lastName: "Hopper",
    });
  });

  test("a name emptied in the app stays empty", async () => {
    const grace = await signIn(backend, "grace");
    await grace.mutation(api.users.updateProfile, { userId: grace.userId, firstName: " " });
    await sync("grace");
    expect((await grace.query(api.users.viewer, {}))?.firstName).toBeUndefined();
  });

  test("ignores a profile older than the last one from WorkOS", async () => {
    await sync("grace", { firstName: "Newer", updatedAt: 2000 });
    await sync("grace", { firstName: "Older", updatedAt: 1000 });
    expect((await as("grace").query(api.users.viewer, {}))?.firstName).toBe("Newer");
  });

  test("shortens an invalid name and drops an invalid picture instead of rejecting the sync", async () => {
    await sync("grace", { firstName: `A\u0000${"x".repeat(300)}`, profilePictureUrl: "javascript:alert(1)" });
    const viewer = await as("grace").query(api.users.viewer, {});
    expect(viewer?.firstName).toHaveLength(100);
    expect(viewer?.profilePictureUrl).toBeUndefined();
  });

  test("uses the role claim only at the first sync, and only if it is a known role", async () => {
    await sync("alan", {}, "viewer");
    await sync("alan", {}, "admin");
    expect((await as("alan").query(api.users.viewer, {}))?.role).toBe("viewer");
    await sync("grace", {}, "emperor");
    expect((await as("grace").query(api.users.viewer, {}))?.role).toBe("developer");
  });

  test("an e-mail in ADMIN_EMAILS makes its user an admin only once it is verified", async () => {
    await sync("ada", { emailVerified: false }, "viewer");
    const ada = as("ada");
    expect((await ada.query(api.users.viewer, {}))?.role).toBe("viewer");
    await sync("ada");
    expect((await ada.query(api.users.viewer, {}))?.role).toBe("admin");
  });

  test("only the worker can sync, and only the token's own user", async () => {
    const workosProfile = profileOf(backend, "grace");
    const wrongSecret = { ...workosProfile, edge: "x".repeat(EDGE_SECRET.length) };
    expect(await rejectionOf(as("grace").mutation(api.users.syncFromWorkOS, wrongSecret))).toBe("forbidden");
    const call = { ...workosProfile, edge: EDGE_SECRET };
    expect(await rejectionOf(as("alan").mutation(api.users.syncFromWorkOS, call))).toBe("forbidden");
    expect(await rejectionOf(backend.nobody.mutation(api.users.syncFromWorkOS, call))).toBe(
      "unauthenticated",
    );
  });
});

describe("looking up users", () => {
  test("the current user is null before the first sync, and a call without a token is rejected", async () => {
    const new_ = as("new");
    expect(await new_.query(api.users.viewer, {})).toBeNull();
    expect(await new_.query(api.users.getByWorkOSId, { workosUserId: idOf(backend, "new") })).toBeNull();
    expect(await rejectionOf(backend.nobody.query(api.users.viewer, {}))).toBe("unauthenticated");
  });

  test("looking up another user is forbidden, whether the user exists or not", async () => {
    const grace = await signIn(backend, "grace");
    const alan = await signIn(backend, "alan");
    expect(await rejectionOf(grace.query(api.users.getById, { userId: alan.userId }))).toBe("forbidden");
    expect(await rejectionOf(grace.query(api.users.getById, { userId: "no id" }))).toBe("forbidden");
    expect(await rejectionOf(grace.query(api.users.getByEmail, { email: alan.email }))).toBe("forbidden");
    expect(await rejectionOf(grace.query(api.users.getByEmail, { email: "none@example.com" }))).toBe(
      "forbidden",
    );
    expect(
      await rejectionOf(grace.query(api.users.getByWorkOSId, { workosUserId: idOf(backend, "alan") })),
    ).toBe("forbidden");
  });

  test("users find themselves by any spelling of their e-mail", async () => {
    const grace = await signIn(backend, "grace");
    const found = await grace.query(api.users.getByEmail, { email: ` ${grace.email.toUpperCase()}` });
    expect(found?._id).toBe(grace.userId);
    expect((await grace.query(api.users.getById, { userId: grace.userId }))?._id).toBe(grace.userId);
  });

  test("an admin finds every user, and gets null for an unknown one", async () => {
    const ada = await signIn(backend, "ada");
    const grace = await signIn(backend, "grace");
    expect(await ada.query(api.users.getById, { userId: grace.userId })).toMatchObject({ role: "developer" });
    expect(await ada.query(api.users.getById, { userId: "no id" })).toBeNull();
    expect(await ada.query(api.users.getByEmail, { email: "none@example.com" })).toBeNull();
    expect(await ada.query(api.users.getByWorkOSId, { workosUserId: idOf(backend, "none") })).toBeNull();
  });
});

describe("changing a profile", () => {
  test.each([
    ["a name of 101 characters", { firstName: "x".repeat(101) }],
    ["a name with a control character", { lastName: "a\u0007b" }],
    ["an invisible name", { firstName: "\u200b\u2060" }],
    ["a picture URL without https", { profilePictureUrl: "http://example.com/a.png" }],
    ["a picture URL with a script", { profilePictureUrl: "javascript:alert(1)" }],
  ])("rejects %s", async (_what, change) => {
    const grace = await signIn(backend, "grace");
    const call = grace.mutation(api.users.updateProfile, { userId: grace.userId, ...change });
    expect(await rejectionOf(call)).toBe("invalid");
  });

  test("accepts 100 emoji and right-to-left names", async () => {
    const grace = await signIn(backend, "grace");
    await grace.mutation(api.users.updateProfile, {
      userId: grace.userId,
      firstName: "😀".repeat(100),
      lastName: " שלום ",
    });
    expect(await grace.query(api.users.viewer, {})).toMatchObject({
      firstName: "😀".repeat(100),
      lastName: "שלום",
    });
  });

  test("changing another user's profile is forbidden, also for an admin", async () => {
    const ada = await signIn(backend, "ada");
    const grace = await signIn(backend, "grace");
    const change = { userId: grace.userId, firstName: "X" };
    expect(await rejectionOf(ada.mutation(api.users.updateProfile, change))).toBe("forbidden");
    expect(await rejectionOf(ada.mutation(api.users.updateProfile, { userId: "no id" }))).toBe("not_found");
    expect(await rejectionOf(grace.mutation(api.users.updateProfile, { userId: "no id" }))).toBe("forbidden");
  });
});

// agents:start
test("a user sends 20 invitations an hour", async () => {
  const grace = await signIn(backend, "grace");
  const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  const invite = (index: number) =>
    rejectionOf(grace.mutation(api.projects.addMember, { projectId, email: `new-${index}@example.com` }));
  for (let index = 1; index <= 20; index++) expect(await invite(index)).toBe("none");
  expect(await invite(21)).toBe("rate_limited");
  // A user who is here is added without an invitation.
  const alan = await signIn(backend, "alan");
  expect(await grace.mutation(api.projects.addMember, { projectId, email: alan.email })).toBe("added");
});
// agents:end

test("a user makes 600 changes a minute, and others are not affected", async () => {
  const grace = await signIn(backend, "grace");
  const alan = await signIn(backend, "alan");
  expect(await rejectionOf(grace.mutation(api.preferences.set, { timeZone: "Nowhere" }))).toBe("invalid");
  const change = () => rejectionOf(grace.mutation(api.preferences.set, { theme: "dark" }));
  // A change that is rejected is not counted.
  const made = await Promise.all(Array.from({ length: 600 }, change));
  expect(new Set(made)).toEqual(new Set(["none"]));
  expect(await change()).toBe("rate_limited");
  expect((await grace.query(api.preferences.get, {})).theme).toBe("dark");
  expect(await rejectionOf(alan.mutation(api.preferences.set, { theme: "dark" }))).toBe("none");
});

/** People come in from WorkOS, keep what they chose here, and see of each other only what is theirs to see. */
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { EDGE_SECRET, startBackend, type TestBackend } from "./backend.ts";
import { idOf, profileOf, refusalOf, sessionOf, signIn } from "./people.ts";

let backend: TestBackend;
beforeEach(async () => {
  backend = await startBackend();
});

function sync(name: string, profile: { [field: string]: unknown } = {}, role?: string) {
  const said = profileOf(backend, name, profile);
  return backend
    .as({ sub: said.workosUserId, sid: sessionOf(backend, name), ...(role !== undefined && { role }) })
    .mutation(api.users.syncFromWorkOS, { ...said, edgeSecret: EDGE_SECRET });
}

describe("syncing from WorkOS", () => {
  test("the same sync twice gives the same person and changes nothing", async () => {
    const first = await sync("grace");
    const grace = backend.as({ sub: idOf(backend, "grace") });
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

  test("an e-mail is kept trimmed and in lower case", async () => {
    await sync("grace", { email: `  Grace${backend.scope}@Example.COM ` });
    const viewer = await backend.as({ sub: idOf(backend, "grace") }).query(api.users.viewer, {});
    expect(viewer?.email).toBe(`grace${backend.scope}@example.com`);
  });

  test("a name changed in the app survives, one that was not follows WorkOS", async () => {
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

  test("what is older than the last word of WorkOS is not believed", async () => {
    await sync("grace", { firstName: "Newer", updatedAt: 2000 });
    await sync("grace", { firstName: "Older", updatedAt: 1000 });
    expect((await backend.as({ sub: idOf(backend, "grace") }).query(api.users.viewer, {}))?.firstName).toBe(
      "Newer",
    );
  });

  test("a name or picture that nobody may type does not keep a person out", async () => {
    await sync("grace", { firstName: `A\u0000${"x".repeat(300)}`, profilePictureUrl: "javascript:alert(1)" });
    const viewer = await backend.as({ sub: idOf(backend, "grace") }).query(api.users.viewer, {});
    expect(viewer?.firstName).toHaveLength(100);
    expect(viewer?.profilePictureUrl).toBeUndefined();
  });

  test("the role claim counts at the first sync only, and only if it is a role", async () => {
    await sync("alan", {}, "viewer");
    await sync("alan", {}, "admin");
    expect((await backend.as({ sub: idOf(backend, "alan") }).query(api.users.viewer, {}))?.role).toBe(
      "viewer",
    );
    await sync("grace", {}, "emperor");
    expect((await backend.as({ sub: idOf(backend, "grace") }).query(api.users.viewer, {}))?.role).toBe(
      "developer",
    );
  });

  test("an e-mail of ADMIN_EMAILS makes an admin once it is verified, not before", async () => {
    await sync("ada", { emailVerified: false }, "viewer");
    const ada = backend.as({ sub: idOf(backend, "ada") });
    expect((await ada.query(api.users.viewer, {}))?.role).toBe("viewer");
    await sync("ada");
    expect((await ada.query(api.users.viewer, {}))?.role).toBe("admin");
  });

  test("nobody but the worker may sync, and only the token's own user", async () => {
    const said = profileOf(backend, "grace");
    const wrongSecret = { ...said, edgeSecret: "x".repeat(EDGE_SECRET.length) };
    expect(
      await refusalOf(
        backend.as({ sub: idOf(backend, "grace") }).mutation(api.users.syncFromWorkOS, wrongSecret),
      ),
    ).toBe("forbidden");
    const call = { ...said, edgeSecret: EDGE_SECRET };
    expect(
      await refusalOf(backend.as({ sub: idOf(backend, "alan") }).mutation(api.users.syncFromWorkOS, call)),
    ).toBe("forbidden");
    expect(await refusalOf(backend.nobody.mutation(api.users.syncFromWorkOS, call))).toBe("unauthenticated");
  });
});

describe("looking people up", () => {
  test("before the first sync a viewer is null, and nobody is refused", async () => {
    const new_ = backend.as({ sub: idOf(backend, "new"), sid: sessionOf(backend, "new") });
    expect(await new_.query(api.users.viewer, {})).toBeNull();
    expect(await new_.query(api.users.getByWorkOSId, { workosUserId: idOf(backend, "new") })).toBeNull();
    expect(await refusalOf(backend.nobody.query(api.users.viewer, {}))).toBe("unauthenticated");
  });

  test("others are forbidden whether they exist or not, strings that are no id too", async () => {
    const grace = await signIn(backend, "grace");
    const alan = await signIn(backend, "alan");
    expect(await refusalOf(grace.query(api.users.getById, { userId: alan.userId }))).toBe("forbidden");
    expect(await refusalOf(grace.query(api.users.getById, { userId: "no id" }))).toBe("forbidden");
    expect(await refusalOf(grace.query(api.users.getByEmail, { email: alan.email }))).toBe("forbidden");
    expect(await refusalOf(grace.query(api.users.getByEmail, { email: "none@example.com" }))).toBe(
      "forbidden",
    );
    expect(
      await refusalOf(grace.query(api.users.getByWorkOSId, { workosUserId: idOf(backend, "alan") })),
    ).toBe("forbidden");
  });

  test("one finds oneself by any spelling of the e-mail", async () => {
    const grace = await signIn(backend, "grace");
    const found = await grace.query(api.users.getByEmail, { email: ` ${grace.email.toUpperCase()}` });
    expect(found?._id).toBe(grace.userId);
    expect((await grace.query(api.users.getById, { userId: grace.userId }))?._id).toBe(grace.userId);
  });

  test("an admin finds everyone, and null for what is not there", async () => {
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
    ["101 characters", { firstName: "x".repeat(101) }],
    ["a control character", { lastName: "a\u0007b" }],
    ["a name that cannot be seen", { firstName: "\u200b\u2060" }],
    ["a picture that is not https", { profilePictureUrl: "http://example.com/a.png" }],
    ["a picture that is a script", { profilePictureUrl: "javascript:alert(1)" }],
  ])("%s is invalid", async (_what, change) => {
    const grace = await signIn(backend, "grace");
    const call = grace.mutation(api.users.updateProfile, { userId: grace.userId, ...change });
    expect(await refusalOf(call)).toBe("invalid");
  });

  test("a hundred emoji and right-to-left names are fine", async () => {
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

  test("somebody else's profile is forbidden, an admin's wish too", async () => {
    const ada = await signIn(backend, "ada");
    const grace = await signIn(backend, "grace");
    const change = { userId: grace.userId, firstName: "X" };
    expect(await refusalOf(ada.mutation(api.users.updateProfile, change))).toBe("forbidden");
    expect(await refusalOf(ada.mutation(api.users.updateProfile, { userId: "no id" }))).toBe("not_found");
    expect(await refusalOf(grace.mutation(api.users.updateProfile, { userId: "no id" }))).toBe("forbidden");
  });
});

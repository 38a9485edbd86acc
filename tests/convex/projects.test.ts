/** Projects belong to the people in them; to everyone else they do not exist. */
import { beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { startBackend, type TestBackend } from "./backend.ts";
import { idOf, refusalOf, sessionOf, signIn } from "./people.ts";

let backend: TestBackend;
beforeEach(async () => {
  backend = await startBackend();
});

test("a person's projects come newest first, with their role in each", async () => {
  const grace = await signIn(backend, "grace");
  const first = await grace.mutation(api.projects.create, { name: " First " });
  const second = await grace.mutation(api.projects.create, { name: "Second" });
  const listed = await grace.query(api.projects.getUserProjects, { userId: grace.userId });
  expect(listed.map(({ _id }) => _id)).toEqual([second, first]);
  expect(listed[1]).toEqual({
    _id: first,
    name: "First",
    ownerId: grace.userId,
    createdAt: expect.any(Number),
    role: "owner",
    agents: [],
  });
});

test("a project shows its people; for others it does not exist, an admin sees it", async () => {
  const grace = await signIn(backend, "grace");
  const alan = await signIn(backend, "alan");
  const ada = await signIn(backend, "ada");
  const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  const seen = await grace.query(api.projects.get, { projectId });
  expect(seen).toMatchObject({
    name: "Engine",
    members: [{ userId: grace.userId, role: "owner", email: grace.email, firstName: "Grace" }],
    invited: [],
  });
  expect(await ada.query(api.projects.get, { projectId })).toEqual(seen);
  expect(await refusalOf(alan.query(api.projects.get, { projectId }))).toBe("not_found");
  expect(await refusalOf(grace.query(api.projects.get, { projectId: "no id" }))).toBe("not_found");
  expect(await refusalOf(grace.query(api.projects.get, { projectId: grace.userId }))).toBe("not_found");
});

test("a viewer creates nothing", async () => {
  const alan = await signIn(backend, "alan", { role: "viewer" });
  expect(await refusalOf(alan.mutation(api.projects.create, { name: "Mine" }))).toBe("forbidden");
});

test("a name of nothing that can be seen, with a control character or of 101 characters is invalid", async () => {
  const grace = await signIn(backend, "grace");
  const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  for (const name of ["", "   ", "x".repeat(101), "a\nb", "a\u0000b", "\u200b", "\u3164\u2800"]) {
    for (const call of [
      grace.mutation(api.projects.create, { name }),
      grace.mutation(api.projects.rename, { projectId, name }),
      grace.mutation(api.projectKeys.create, { projectId, name }),
    ]) {
      expect(await refusalOf(call), JSON.stringify(name)).toBe("invalid");
    }
  }
  expect(await grace.query(api.projects.getUserProjects, { userId: grace.userId })).toHaveLength(1);
});

test("other people's lists are forbidden, for an admin what is no person is not found", async () => {
  const grace = await signIn(backend, "grace");
  const ada = await signIn(backend, "ada");
  expect(await refusalOf(grace.query(api.projects.getUserProjects, { userId: ada.userId }))).toBe(
    "forbidden",
  );
  expect(await refusalOf(grace.query(api.projects.getUserProjects, { userId: "no id" }))).toBe("forbidden");
  expect(await refusalOf(ada.query(api.projects.getUserProjects, { userId: "no id" }))).toBe("not_found");
  expect(await ada.query(api.projects.getUserProjects, { userId: grace.userId })).toEqual([]);
});

test("each page is one call that knows the viewer, who is null before the first sync", async () => {
  const grace = await signIn(backend, "grace");
  const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  const viewer = await grace.query(api.users.viewer, {});
  const dashboard = await grace.query(api.pages.dashboard, {});
  expect(dashboard.viewer).toEqual(viewer);
  expect(dashboard.projects.map(({ _id }) => _id)).toEqual([projectId]);
  expect(await grace.query(api.pages.home, {})).toEqual(dashboard);
  for (const page of [api.pages.profile, api.pages.settings, api.pages.shell]) {
    expect(await grace.query(page, {})).toEqual({ viewer });
  }
  const unsynced = backend.as({ sub: idOf(backend, "new"), sid: sessionOf(backend, "new") });
  expect(await unsynced.query(api.pages.dashboard, {})).toEqual({ viewer: null, projects: [], lines: [] });
});

test("preferences are one's own, null until stored, and a time zone is one that exists", async () => {
  const grace = await signIn(backend, "grace");
  expect(await grace.query(api.preferences.get, {})).toEqual({ theme: null, timeZone: null });
  await grace.mutation(api.preferences.set, { theme: "dark" });
  await grace.mutation(api.preferences.set, { timeZone: "Europe/Berlin" });
  expect(await grace.query(api.preferences.get, {})).toEqual({ theme: "dark", timeZone: "Europe/Berlin" });
  for (const timeZone of ["Mars/Base", "", "+02:00", "x".repeat(100)]) {
    expect(await refusalOf(grace.mutation(api.preferences.set, { timeZone }))).toBe("invalid");
  }
});

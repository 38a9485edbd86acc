/** Projects, page queries and preferences. */
import { beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { openBackends, type TestBackend } from "./backend.ts";
import { idOf, rejectionOf, sessionOf, signIn } from "./people.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
beforeEach(async () => {
  backend = await startBackend();
});

test("a user's projects are listed newest first, with the user's role in each", async () => {
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

test("members and admins read a project, and it is not_found for other users", async () => {
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
  expect(await rejectionOf(alan.query(api.projects.get, { projectId }))).toBe("not_found");
  expect(await rejectionOf(grace.query(api.projects.get, { projectId: "no id" }))).toBe("not_found");
  expect(await rejectionOf(grace.query(api.projects.get, { projectId: grace.userId }))).toBe("not_found");
});

test("a viewer cannot create a project", async () => {
  const alan = await signIn(backend, "alan", { role: "viewer" });
  expect(await rejectionOf(alan.mutation(api.projects.create, { name: "Mine" }))).toBe("forbidden");
});

test("rejects names that are invisible, contain a control character or have 101 characters", async () => {
  const grace = await signIn(backend, "grace");
  const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  for (const name of ["", "   ", "x".repeat(101), "a\nb", "a\u0000b", "\u200b", "\u3164\u2800"]) {
    for (const call of [
      grace.mutation(api.projects.create, { name }),
      grace.mutation(api.projects.rename, { projectId, name }),
      grace.mutation(api.projectKeys.create, { projectId, name }),
    ]) {
      expect(await rejectionOf(call), JSON.stringify(name)).toBe("invalid");
    }
  }
  expect(await grace.query(api.projects.getUserProjects, { userId: grace.userId })).toHaveLength(1);
});

test("listing another user's projects is forbidden, and admins get not_found for unknown users", async () => {
  const grace = await signIn(backend, "grace");
  const ada = await signIn(backend, "ada");
  expect(await rejectionOf(grace.query(api.projects.getUserProjects, { userId: ada.userId }))).toBe(
    "forbidden",
  );
  expect(await rejectionOf(grace.query(api.projects.getUserProjects, { userId: "no id" }))).toBe("forbidden");
  expect(await rejectionOf(ada.query(api.projects.getUserProjects, { userId: "no id" }))).toBe("not_found");
  expect(await ada.query(api.projects.getUserProjects, { userId: grace.userId })).toEqual([]);
});

test("each page query includes the current user, or null before the first sync", async () => {
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

test("preferences are null until stored, and an unknown time zone is rejected", async () => {
  const grace = await signIn(backend, "grace");
  expect(await grace.query(api.preferences.get, {})).toEqual({ theme: null, timeZone: null });
  await grace.mutation(api.preferences.set, { theme: "dark" });
  await grace.mutation(api.preferences.set, { timeZone: "Europe/Berlin" });
  expect(await grace.query(api.preferences.get, {})).toEqual({ theme: "dark", timeZone: "Europe/Berlin" });
  for (const timeZone of ["Mars/Base", "", "+02:00", "x".repeat(100)]) {
    expect(await rejectionOf(grace.mutation(api.preferences.set, { timeZone }))).toBe("invalid");
  }
});

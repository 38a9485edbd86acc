/** Projects, page queries and preferences. */
import { beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { openBackends, type TestBackend } from "./backend.ts";
import { idOf, rejectionOf, sessionOf, signIn } from "./people.ts";
import { newProject } from "./reporting.ts";

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
    archivedAt: null,
    role: "owner",
    summary: { agents: 0, failed: 0, waiting: 0, muted: 0, nextSilentAt: null },
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
    archivedAt: null,
    dropped: null,
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
    const calls = [
      grace.mutation(api.projects.create, { name }),
      grace.mutation(api.projects.rename, { projectId, name }),
      grace.mutation(api.projectKeys.create, { projectId, name }),
    ];
    const codes = await Promise.all(calls.map(rejectionOf));
    expect(codes, JSON.stringify(name)).toEqual(["invalid", "invalid", "invalid"]);
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
  expect(await unsynced.query(api.pages.dashboard, {})).toEqual({ viewer: null, projects: [], outages: [] });
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

test("an archived project is read-only and listed without agents, and can be restored", async () => {
  const grace = await signIn(backend, "grace");
  const project = await newProject(backend, grace, "Old");
  const { projectId, keyId } = project;
  await project.report([{}]);
  await grace.mutation(api.projects.archive, { projectId });
  await grace.mutation(api.projects.archive, { projectId });
  const { archivedAt } = await grace.query(api.projects.get, { projectId });
  expect(archivedAt).toEqual(expect.any(Number));
  const [listed] = await grace.query(api.projects.getUserProjects, { userId: grace.userId });
  expect(listed).toMatchObject({ archivedAt, agents: null, summary: { agents: 1 } });
  for (const call of [
    () => grace.mutation(api.projects.rename, { projectId, name: "New" }),
    () => grace.mutation(api.projects.addMember, { projectId, email: "a@example.com" }),
    () => grace.mutation(api.projectKeys.create, { projectId, name: "K" }),
    () => grace.mutation(api.agents.retire, { projectId, agent: "scout" }),
  ]) {
    expect(await rejectionOf(call())).toBe("conflict");
  }
  expect(await grace.query(api.agents.list, { projectId })).toHaveLength(1);
  // A key may leak at any time.
  await grace.mutation(api.projectKeys.revoke, { keyId });
  await grace.mutation(api.projects.restore, { projectId });
  await grace.mutation(api.projects.restore, { projectId });
  await grace.mutation(api.projects.rename, { projectId, name: "New" });
  const [restored] = await grace.query(api.projects.getUserProjects, { userId: grace.userId });
  expect(restored).toMatchObject({ name: "New", archivedAt: null, agents: [{ agent: "scout" }] });
  const { page } = await grace.query(api.auditLogs.mine, { paginationOpts: { numItems: 5, cursor: null } });
  const events = page.map(({ event }) => event).filter((event) => event.startsWith("project_"));
  expect(events).toEqual(["project_renamed", "project_restored", "project_archived"]);
});

test("a rename shows in the list of every member", async () => {
  const grace = await signIn(backend, "grace");
  const alan = await signIn(backend, "alan");
  const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
  await grace.mutation(api.projects.rename, { projectId, name: "Motor" });
  for (const member of [grace, alan]) {
    expect((await member.query(api.projects.mine, {})).map(({ name }) => name)).toEqual(["Motor"]);
  }
});

test("a list has the agents of the first 50 projects, and the summary of all", async () => {
  const grace = await signIn(backend, "grace");
  const first = await newProject(backend, grace, "First");
  await first.report([{}], [{ state: "failed" }]);
  for (let made = 1; made <= 50; made++) await grace.mutation(api.projects.create, { name: `${made}` });
  const listed = await grace.query(api.projects.getUserProjects, { userId: grace.userId });
  expect(listed.filter(({ agents }) => agents !== null)).toHaveLength(50);
  expect(listed.at(-1)).toMatchObject({ name: "First", agents: null, summary: { agents: 1, failed: 1 } });
});

test("limits: 200 projects of an owner, 500 members of a project, 200 invitations", async () => {
  const grace = await signIn(backend, "grace");
  const alan = await signIn(backend, "alan");
  const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  const [own] = (await backend.rows("projectMembers")).filter((row) => row.projectId === projectId);
  const { _id, _creationTime, ...membership } = own ?? { _id: "", _creationTime: 0 };
  const other = await grace.mutation(api.projects.create, { name: "Other" });
  await backend.store("projectMembers", Array(198).fill({ ...membership, projectId: other }));
  expect(await rejectionOf(grace.mutation(api.projects.create, { name: "One more" }))).toBe("limit_reached");
  const member = { ...membership, userId: alan.userId, role: "member" };
  await backend.store("projectMembers", Array(499).fill(member));
  const add = (email: string) => grace.mutation(api.projects.addMember, { projectId, email });
  const edsger = await signIn(backend, "edsger");
  expect(await rejectionOf(add(edsger.email))).toBe("limit_reached");
  const invite = { projectId, email: "someone@example.com", invitedBy: grace.userId };
  await backend.store("projectInvites", Array(200).fill(invite));
  expect(await rejectionOf(add("one-more@example.com"))).toBe("limit_reached");
});

test("a user in 500 projects cannot be added to another, and does not join by an invitation", async () => {
  const grace = await signIn(backend, "grace");
  const alan = await signIn(backend, "alan");
  const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  const other = await grace.mutation(api.projects.create, { name: "Other" });
  const membership = { projectId: other, userId: alan.userId, role: "member", projectCreatedAt: 0 };
  await backend.store("projectMembers", Array(500).fill(membership));
  const add = grace.mutation(api.projects.addMember, { projectId, email: alan.email });
  expect(await rejectionOf(add)).toBe("limit_reached");
  const invite = { projectId, email: alan.email, invitedBy: grace.userId };
  await backend.store("projectInvites", [invite]);
  await signIn(backend, "alan", { session: "again" });
  expect((await grace.query(api.projects.get, { projectId })).invited).toEqual([alan.email]);
});

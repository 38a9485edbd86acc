/** Deletion of projects and accounts. */
import { beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { hashOfKey } from "../../convex/model/keys.ts";
import { profileFields } from "../../convex/model/userFields.ts";
import { CONFLICTS, EDGE_SECRET, openBackends, type TestBackend } from "./backend.ts";
import { type Member, rejectionOf, signIn } from "./people.ts";

const { startBackend, startBackendAlone } = openBackends();

let backend: TestBackend;
let ada: Member;
let grace: Member;
async function begin(start: () => Promise<TestBackend>): Promise<void> {
  backend = await start();
  ada = await signIn(backend, "ada");
  grace = await signIn(backend, "grace");
}
beforeEach(() => begin(() => startBackend(CONFLICTS)));

test("a deleted project is not_found, its API key is rejected, and the deletion is logged", async () => {
  const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  const { key } = await grace.mutation(api.projectKeys.create, { projectId, name: "K" });
  expect(await rejectionOf(grace.mutation(api.projects.deleteProject, { projectId }))).toBe("forbidden");
  await ada.mutation(api.projects.deleteProject, { projectId });
  for (const person of [ada, grace]) {
    expect(await rejectionOf(person.query(api.projects.get, { projectId }))).toBe("not_found");
  }
  expect(await grace.query(api.projects.getUserProjects, { userId: grace.userId })).toEqual([]);
  const send = { edge: EDGE_SECRET, keyHash: await hashOfKey(key), path: "/api/v1/metrics" };
  expect(await backend.nobody.mutation(api.metrics.ingest, send)).toEqual({ outcome: "unauthenticated" });
  const { page } = await grace.query(api.auditLogs.mine, { paginationOpts: { numItems: 1, cursor: null } });
  expect(page).toMatchObject([{ event: "project_deleted", actorId: ada.userId, target: "Engine" }]);
  expect(await rejectionOf(ada.mutation(api.projects.deleteProject, { projectId }))).toBe("not_found");
});

test("users who shared only a deleted project can no longer see each other's profile", async () => {
  const alan = await signIn(backend, "alan");
  const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
  expect(await alan.query(api.users.getById, { userId: grace.userId })).toMatchObject({ email: grace.email });
  await ada.mutation(api.projects.deleteProject, { projectId });
  const look = () => rejectionOf(alan.query(api.users.getById, { userId: grace.userId }));
  await expect.poll(look, { timeout: 10_000 }).toBe("forbidden");
});

test("a deleted account keeps an empty row, and its projects stay without the owner's name", async () => {
  const projectId = await grace.mutation(api.projects.create, { name: "Engine" });
  await grace.mutation(api.edge.accountDeleted, { edge: EDGE_SECRET });
  expect(await rejectionOf(grace.query(api.users.viewer, {}))).toBe("unauthenticated");
  expect(await ada.query(api.users.getById, { userId: grace.userId })).toMatchObject({
    status: "deleted",
    email: "",
  });
  expect((await ada.query(api.projects.get, { projectId })).members).toEqual([
    { userId: grace.userId, role: "owner", email: "" },
  ]);
});

test("deleting an account removes every profile field that the user can edit", async () => {
  const texts = Object.keys(profileFields).map((field) => [field, "https://example.com/x"]);
  await grace.mutation(api.users.updateProfile, { userId: grace.userId, ...Object.fromEntries(texts) });
  expect(await ada.query(api.users.getById, { userId: grace.userId })).toMatchObject(
    Object.fromEntries(texts),
  );
  await grace.mutation(api.edge.accountDeleted, { edge: EDGE_SECRET });
  const row = await ada.query(api.users.getById, { userId: grace.userId });
  expect(row).toMatchObject({ status: "deleted" });
  for (const [field = ""] of texts) expect(row).not.toHaveProperty(field);
});

test("the last admin cannot delete their account, and the account page reports it", async () => {
  await begin(startBackendAlone);
  expect((await ada.query(api.pages.account, {})).lastAdmin).toBe(true);
  const gone = ada.mutation(api.edge.accountDeleted, { edge: EDGE_SECRET });
  expect(await rejectionOf(gone)).toBe("conflict");
  await ada.mutation(api.users.setRole, { userId: grace.userId, role: "admin" });
  expect((await ada.query(api.pages.account, {})).lastAdmin).toBe(false);
  await ada.mutation(api.edge.accountDeleted, { edge: EDGE_SECRET });
  expect(await rejectionOf(grace.mutation(api.edge.accountDeleted, { edge: EDGE_SECRET }))).toBe("conflict");
});

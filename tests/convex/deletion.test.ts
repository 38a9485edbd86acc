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

test("the data of a project goes in steps of 100 rows, and other jobs run meanwhile", async () => {
  const projectId = await grace.mutation(api.projects.create, { name: "Large" });
  const batch = { projectId, at: Date.now(), metrics: [{ agent: "a", name: "n", value: 1 }], statuses: [] };
  await backend.store("agentMetrics", Array(3_000).fill(batch));
  const jobOf = async (job: string) => (await backend.rows("jobs")).find((row) => row.job === job);
  await ada.mutation(api.projects.deleteProject, { projectId });
  expect(await backend.run("jobs:start", {})).toMatchObject({ status: "success" });
  const deletion = () => jobOf(`project:${projectId}`);
  await expect.poll(async () => (await deletion())?.endedAt, { timeout: 25_000 }).toBeGreaterThan(0);
  expect((await backend.rows("agentMetrics")).filter((row) => row.projectId === projectId)).toEqual([]);
  expect(Number((await deletion())?.removed)).toBeGreaterThanOrEqual(3_000);
  // The counter of the job is written too.
  expect((await backend.highestUse("jobs:step")).documentsWritten).toBeLessThanOrEqual(101);
  expect(Number((await jobOf("auditLogs"))?.endedAt)).toBeLessThan(Number((await deletion())?.endedAt));
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

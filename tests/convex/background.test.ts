/** Background jobs: purges and migrations. */
import { beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { CONFLICTS, openBackends, type TestBackend } from "./backend.ts";
import { type Member, signIn } from "./people.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
let ada: Member;
beforeEach(async () => {
  backend = await startBackend(CONFLICTS);
  ada = await signIn(backend, "ada");
});

test("purging old rows keeps current sessions and projects", async () => {
  const projectId = await ada.mutation(api.projects.create, { name: "Engine" });
  expect(await backend.run("purges:old", {})).toMatchObject({ status: "success" });
  expect(await ada.query(api.sessions.mine, {})).toHaveLength(1);
  expect((await ada.query(api.projects.get, { projectId })).name).toBe("Engine");
});

test("a migration processes all users in batches, and search finds the same users afterwards", async () => {
  for (const name of ["zoe", "zara", "zita"]) await signIn(backend, name);
  const fn = "migrations:rebuildUserSearch";
  expect(await backend.run(fn, { fn, batchSize: 2 })).toMatchObject({ status: "success" });
  const search = async () => {
    const paginationOpts = { numItems: 10, cursor: null };
    return (await ada.query(api.users.list, { paginationOpts, search: "z" })).page.length;
  };
  await expect.poll(search, { timeout: 10_000 }).toBe(3);
});

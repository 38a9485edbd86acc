/** Project members and invitations. */
import { beforeEach, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { openBackends, type TestBackend } from "./backend.ts";
import { type Member, rejectionOf, signIn } from "./people.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
let grace: Member;
let alan: Member;
beforeEach(async () => {
  backend = await startBackend();
  grace = await signIn(backend, "grace");
  alan = await signIn(backend, "alan");
});

async function newProject() {
  return await grace.mutation(api.projects.create, { name: "Engine" });
}

test("an existing user is added at once, and members see each other's name and e-mail", async () => {
  const projectId = await newProject();
  const add = { projectId, email: ` ${alan.email.toUpperCase()} ` };
  expect(await grace.mutation(api.projects.addMember, add)).toBe("added");
  expect(await rejectionOf(grace.mutation(api.projects.addMember, add))).toBe("conflict");
  const [listed] = await alan.query(api.projects.getUserProjects, { userId: alan.userId });
  expect(listed).toMatchObject({ _id: projectId, role: "member" });
  expect(await alan.query(api.users.getById, { userId: grace.userId })).toEqual({
    _id: grace.userId,
    email: grace.email,
    firstName: "Grace",
    lastName: "Example",
  });
});

test("an unknown e-mail is invited once, and its user becomes a member at their first sign-in", async () => {
  const projectId = await newProject();
  const add = { projectId, email: `New${backend.scope}@Example.com` };
  expect(await grace.mutation(api.projects.addMember, add)).toBe("invited");
  expect(await rejectionOf(grace.mutation(api.projects.addMember, add))).toBe("conflict");
  expect((await grace.query(api.projects.get, { projectId })).invited).toEqual([
    `new${backend.scope}@example.com`,
  ]);
  const newcomer = await signIn(backend, "new");
  const seen = await newcomer.query(api.projects.get, { projectId });
  expect(seen.invited).toEqual([]);
  expect(seen.members.map(({ email, role }) => [email, role])).toEqual([
    [grace.email, "owner"],
    [newcomer.email, "member"],
  ]);
});

test("an e-mail gives no access to a project until it is verified", async () => {
  const projectId = await newProject();
  const claimed = await signIn(backend, "claimed", { profile: { emailVerified: false } });
  expect(await grace.mutation(api.projects.addMember, { projectId, email: claimed.email })).toBe("invited");
  await signIn(backend, "claimed", { profile: { emailVerified: false } });
  expect(await rejectionOf(claimed.query(api.projects.get, { projectId }))).toBe("not_found");
  await signIn(backend, "claimed");
  expect((await claimed.query(api.projects.get, { projectId })).members).toHaveLength(2);
});

test("an invitation is withdrawn by any spelling, and an unknown one is not_found", async () => {
  const projectId = await newProject();
  await grace.mutation(api.projects.addMember, { projectId, email: "new@example.com" });
  await grace.mutation(api.projects.removeInvite, { projectId, email: " NEW@example.com" });
  const again = grace.mutation(api.projects.removeInvite, { projectId, email: "new@example.com" });
  expect(await rejectionOf(again)).toBe("not_found");
});

test("a member can read and leave a project, not manage it; outsiders get not_found", async () => {
  const projectId = await newProject();
  const outsider = await signIn(backend, "outsider");
  await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
  for (const [person, code] of [
    [alan, "forbidden"],
    [outsider, "not_found"],
  ] as const) {
    expect(await rejectionOf(person.mutation(api.projects.rename, { projectId, name: "X" }))).toBe(code);
    expect(
      await rejectionOf(person.mutation(api.projects.addMember, { projectId, email: "x@example.com" })),
    ).toBe(code);
    expect(
      await rejectionOf(person.mutation(api.projects.removeMember, { projectId, userId: grace.userId })),
    ).toBe(code);
    expect(
      await rejectionOf(person.mutation(api.projects.removeInvite, { projectId, email: "x@example.com" })),
    ).toBe(code);
  }
  await alan.mutation(api.projects.leave, { projectId });
  expect(await rejectionOf(alan.query(api.projects.get, { projectId }))).toBe("not_found");
  expect(await rejectionOf(alan.mutation(api.projects.leave, { projectId }))).toBe("not_found");
});

test("the owner can neither leave nor be removed, and a member can be removed", async () => {
  const projectId = await newProject();
  await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
  const owner = { projectId, userId: grace.userId };
  expect(await rejectionOf(grace.mutation(api.projects.removeMember, owner))).toBe("conflict");
  expect(await rejectionOf(grace.mutation(api.projects.leave, { projectId }))).toBe("conflict");
  await grace.mutation(api.projects.removeMember, { projectId, userId: alan.userId });
  expect((await grace.query(api.projects.get, { projectId })).members).toHaveLength(1);
});

test("removing a non-member is forbidden for the owner and not_found for an admin", async () => {
  const projectId = await newProject();
  const ada = await signIn(backend, "ada");
  for (const userId of [alan.userId, "no id"]) {
    expect(await rejectionOf(grace.mutation(api.projects.removeMember, { projectId, userId }))).toBe(
      "forbidden",
    );
    expect(await rejectionOf(ada.mutation(api.projects.removeMember, { projectId, userId }))).toBe(
      "not_found",
    );
  }
  expect(await rejectionOf(ada.mutation(api.projects.leave, { projectId }))).toBe("not_found");
});

test("a viewer reads a project that they own but cannot change it", async () => {
  const projectId = await newProject();
  const ada = await signIn(backend, "ada");
  await ada.mutation(api.users.setRole, { userId: grace.userId, role: "viewer" });
  expect((await grace.query(api.projects.get, { projectId }))._id).toBe(projectId);
  expect(await rejectionOf(grace.mutation(api.projects.rename, { projectId, name: "X" }))).toBe("forbidden");
  await ada.mutation(api.projects.rename, { projectId, name: " Renamed " });
  expect((await grace.query(api.projects.get, { projectId })).name).toBe("Renamed");
});

test.each(["", "nobody", "a b@c", "x".repeat(300)])(
  "inviting the invalid e-mail %j is rejected",
  async (email) => {
    const projectId = await newProject();
    expect(await rejectionOf(grace.mutation(api.projects.addMember, { projectId, email }))).toBe("invalid");
  },
);

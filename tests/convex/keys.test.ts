/** API keys: created, listed, used and revoked. */
import type { Value } from "convex/values";
import { beforeEach, describe, expect, test } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { openBackends, type TestBackend } from "./backend.ts";
import { type Member, rejectionOf, signIn } from "./people.ts";
import { MINUTE, newProject, type Reporting } from "./reporting.ts";

const { startBackend } = openBackends();

let backend: TestBackend;
let grace: Member;
let alan: Member;
let project: Reporting;

beforeEach(async () => {
  backend = await startBackend();
  grace = await signIn(backend, "grace");
  alan = await signIn(backend, "alan");
  project = await newProject(backend, grace);
});

describe("API keys", () => {
  test("a key's secret is returned only at creation, and keys are listed newest first", async () => {
    const { key } = await grace.mutation(api.projectKeys.create, {
      projectId: project.projectId,
      name: " Server ",
    });
    expect(key).toMatch(/^mosaic_[0-9a-f]{64}$/);
    const listed = await grace.query(api.projectKeys.list, { projectId: project.projectId });
    expect(listed.map(({ name }) => name)).toEqual(["Server", "Laptop"]);
    expect(listed[0]).toEqual({
      keyId: expect.any(String),
      name: "Server",
      scope: "send",
      createdAt: expect.any(Number),
      expiresAt: null,
      lastUsedAt: null,
      revokedAt: null,
    });
    expect(JSON.stringify(listed)).not.toContain(key.slice(7));
  });

  test("calls with the same value of once create one key, which works, and all return it", async () => {
    const { projectId } = project;
    const create = (who: Member, once: string, name = "Twice") =>
      who.mutation(api.projectKeys.create, { projectId, name, once });
    const [first, second] = await Promise.all([create(grace, "a"), create(grace, "a")]);
    expect(second).toEqual(first);
    expect(await project.with(first?.key ?? "").send([{}])).toMatchObject({ outcome: "accepted" });
    const others = [await create(grace, "b"), await create(grace, "a", "Other")];
    expect(new Set([first, ...others].map((made) => made?.key)).size).toBe(3);
    expect(JSON.stringify(await backend.rows("submissions"))).not.toContain('"a"');
    await grace.mutation(api.projects.addMember, { projectId, email: alan.email });
    expect(await rejectionOf(create(alan, "a"))).toBe("forbidden");
    expect(await grace.query(api.projectKeys.list, { projectId })).toHaveLength(4);
    const minuteAgo = (await backend.rows("submissions")).map(({ hash, made, at }) => {
      return { hash, made, at: Number(at) - MINUTE } as { [field: string]: Value };
    });
    await backend.store("submissions", minuteAgo, "replace");
    expect((await create(grace, "a")).keyId).not.toBe(first?.keyId);
  });

  test("lastUsedAt records the last use of a key to the minute", async () => {
    const before = Math.floor(Date.now() / MINUTE) * MINUTE;
    await project.report([{}]);
    const [listed] = await grace.query(api.projectKeys.list, { projectId: project.projectId });
    expect([before, before + MINUTE]).toContain(listed?.lastUsedAt);
  });

  test("a revoked key is rejected, and revoking it again changes nothing", async () => {
    await grace.mutation(api.projectKeys.revoke, { keyId: project.keyId });
    const [before] = await grace.query(api.projectKeys.list, { projectId: project.projectId });
    await grace.mutation(api.projectKeys.revoke, { keyId: project.keyId });
    expect(await grace.query(api.projectKeys.list, { projectId: project.projectId })).toEqual([before]);
    expect(await project.send([{}])).toEqual({ outcome: "unauthenticated" });
  });

  test("only the project's owner manages keys: members get forbidden, outsiders not_found", async () => {
    await grace.mutation(api.projects.addMember, { projectId: project.projectId, email: alan.email });
    const outsider = await signIn(backend, "outsider");
    for (const [person, code] of [
      [alan, "forbidden"],
      [outsider, "not_found"],
    ] as const) {
      expect(await rejectionOf(person.query(api.projectKeys.list, { projectId: project.projectId }))).toBe(
        code,
      );
      expect(
        await rejectionOf(
          person.mutation(api.projectKeys.create, { projectId: project.projectId, name: "K" }),
        ),
      ).toBe(code);
      expect(await rejectionOf(person.mutation(api.projectKeys.revoke, { keyId: project.keyId }))).toBe(code);
    }
    for (const other of ["no id", project.projectId]) {
      expect(await rejectionOf(grace.mutation(api.projectKeys.revoke, { keyId: other }))).toBe("not_found");
    }
  });

  test("creating and revoking a key is logged", async () => {
    await grace.mutation(api.projectKeys.revoke, { keyId: project.keyId });
    const { page } = await grace.query(api.auditLogs.mine, { paginationOpts: { numItems: 2, cursor: null } });
    expect(page).toMatchObject([
      { event: "key_revoked", actorId: grace.userId, target: "Laptop" },
      { event: "key_created", actorId: grace.userId, target: "Laptop" },
    ]);
  });

  test("a key for reading cannot send, and an expired key is rejected", async () => {
    const { projectId } = project;
    const create = (options: object) =>
      grace.mutation(api.projectKeys.create, { projectId, name: "K", ...options });
    const { key } = await create({ scope: "read" });
    expect(await project.with(key).send([{}])).toEqual({ outcome: "forbidden" });
    const expiresAt = Date.now() + 1_500;
    const brief = project.with((await create({ expiresAt })).key);
    expect(await brief.send([{}])).toMatchObject({ outcome: "accepted" });
    await expect.poll(async () => (await brief.send([{}])).outcome).toBe("unauthenticated");
    const [listed] = await grace.query(api.projectKeys.list, { projectId });
    expect(listed).toMatchObject({ scope: "send", expiresAt });
    for (const invalid of [Date.now() - 1, 1.5, NaN, 9e15, Date.UTC(10_000, 0, 1) + 1]) {
      expect(await rejectionOf(create({ expiresAt: invalid }))).toBe("invalid");
    }
  });

  test("a project has at most 50 active keys; revoked ones do not count", async () => {
    const { projectId, keyId } = project;
    const create = () => grace.mutation(api.projectKeys.create, { projectId, name: "K" });
    for (let made = 1; made < 50; made++) await create();
    expect(await rejectionOf(create())).toBe("limit_reached");
    await grace.mutation(api.projectKeys.revoke, { keyId });
    expect(await rejectionOf(create())).toBe("none");
  });

  test("active keys are listed however many others are newer, which are listed too", async () => {
    const { projectId } = project;
    await backend.store(
      "projectKeys",
      Array.from({ length: 600 }, (_, i) => ({
        ...{ projectId, name: `K ${i}`, hash: "0", createdAt: Date.now() + i },
        ...(i % 2 === 0 ? { revokedAt: i + 1 } : { expiresAt: i + 1 }),
      })),
    );
    const names = (await grace.query(api.projectKeys.list, { projectId })).map(({ name }) => name);
    expect(names).toHaveLength(401);
    expect(names.slice(0, 3)).toEqual(["K 599", "K 598", "K 597"]);
    expect(names.at(-1)).toBe("Laptop");
  });

  test("the room for a key is found without reading the keys that are not active", async () => {
    const { projectId } = project;
    const key = { projectId, name: "K", hash: "0", createdAt: 1 };
    await backend.store("projectKeys", [
      ...Array.from({ length: 1_000 }, () => ({ ...key, revokedAt: 2 })),
      ...Array.from({ length: 1_000 }, () => ({ ...key, expiresAt: 2 })),
    ]);
    await grace.mutation(api.projectKeys.create, { projectId, name: "K" });
    expect((await backend.highestUse("projectKeys:create")).documentsRead).toBeLessThan(100);
  });
});

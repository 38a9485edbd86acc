/** Direct access to tables, as the admin commands use it. */
import { afterEach, beforeEach, expect, test } from "vitest";
import { call, openBackend, resultOf, rowsOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;

beforeEach(async () => {
  opened = await openBackend("notes");
});

afterEach(() => opened.close());

test("lists tables with their number of documents", async () => {
  resultOf(await opened.backend.mutation(call("notes:addMany", { first: 0, count: 7 })));
  expect(await opened.backend.admin.tables()).toEqual([
    { component: "", name: "_storage", number: expect.any(Number), documents: 0 },
    { component: "", name: "notes", number: expect.any(Number), documents: 7 },
  ]);
});

test("reads a table page by page at one timestamp, in both directions", async () => {
  resultOf(await opened.backend.mutation(call("notes:addMany", { first: 0, count: 25 })));
  for (const order of ["asc", "desc"] as const) {
    const stars: unknown[] = [];
    let cursor: string | null = null;
    let at: bigint | undefined;
    do {
      const page = await opened.backend.admin.documents("notes", {
        cursor,
        limit: 10,
        order,
        ...(at && { at }),
      });
      at ??= page.ts;
      cursor = page.cursor;
      stars.push(...rowsOf(page.documents).map((document) => document.stars));
      resultOf(await opened.backend.mutation(call("notes:add", { folder: "later", text: order, stars: -1 })));
    } while (cursor !== null);
    const first25 = Array.from({ length: 25 }, (_, index) => index);
    const seen = order === "asc" ? first25 : [-1, -1, -1, ...first25.toReversed()];
    expect(stars).toEqual(seen);
  }
});

test("imported documents keep their ids and creation times, and are in all indexes", async () => {
  const id = resultOf(await opened.backend.mutation(call("notes:add", { folder: "a", text: "x", stars: 3 })));
  const before = (await opened.backend.admin.documents("notes", { cursor: null, limit: 10, order: "asc" }))
    .documents;
  resultOf(await opened.backend.mutation(call("notes:remove", { id })));
  await opened.backend.admin.importDocuments("notes", before, { replace: false });
  expect(resultOf(await opened.backend.query(call("notes:list", { folder: "a" })))).toEqual(before);
  await expect(opened.backend.admin.importDocuments("notes", before, { replace: false })).rejects.toThrow(
    `There already is a document with ID ${id}`,
  );
  await opened.backend.admin.importDocuments("notes", [{ folder: "b", text: "new" }], { replace: true });
  expect(await opened.backend.admin.tables()).toContainEqual(
    expect.objectContaining({ name: "notes", documents: 1 }),
  );
  expect(resultOf(await opened.backend.query(call("notes:list", { folder: "a" })))).toEqual([]);
});

test("imported documents make subscriptions stale", async () => {
  const watched = { id: 1, call: call("notes:list", { folder: "a" }), journal: null };
  await opened.backend.evaluate([watched]);
  opened.events.length = 0;
  await opened.backend.admin.importDocuments("notes", [{ folder: "a", text: "x" }], { replace: false });
  expect(opened.events).toMatchObject([{ type: "committed", stale: [1] }]);
});

test("an import with an invalid document is rejected with a reason and writes nothing", async () => {
  const { backend } = opened;
  const good = { folder: "a", text: "x" };
  const rejection = (documents: Parameters<typeof backend.admin.importDocuments>[1], table = "notes") =>
    backend.admin
      .importDocuments(table, documents, { replace: false })
      .catch((error: Error) => error.message);
  expect(await rejection([good], "nothing")).toBe('There is no table "nothing".');
  expect(await rejection([good], "_storage")).toBe('There is no table "_storage".');
  expect(await rejection([good, { folder: "a", text: 1 }])).toContain("does not match the schema");
  expect(await rejection([good, { ...good, _id: "abc", _creationTime: 1 }])).toContain('"abc" is not an ID');
  expect(await rejection([good, 3])).toContain("must be an object");
  expect(await backend.admin.tables()).toContainEqual(
    expect.objectContaining({ name: "notes", documents: 0 }),
  );
  const page = { cursor: null, limit: 1, order: "asc" } as const;
  await expect(backend.admin.documents("_jobs", page)).rejects.toThrow("There is no table");
});

/** Search indexes, stored files, HTTP actions and components. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { HttpRequestMessage } from "../../src/backend.ts";
import { call, errorOf, openBackend, resultOf, type TestBackend } from "./open-backend.ts";

let opened: TestBackend;
const site = "http://127.0.0.1:1";

beforeAll(async () => {
  opened = await openBackend("library", {
    env: { CONVEX_URL: "http://127.0.0.1:2", CONVEX_SITE_URL: site, SECRET: "the app's" },
  });
});
afterAll(() => opened.close());

const query = async (path: string, args = {}) => resultOf(await opened.backend.query(call(path, args)));
const mutation = async (path: string, args = {}) => resultOf(await opened.backend.mutation(call(path, args)));
const failure = async (path: string, args = {}) => errorOf(await opened.backend.mutation(call(path, args)));

describe("a search index", () => {
  beforeAll(async () => {
    for (const title of [
      "The Left Hand of Darkness",
      "A Wizard of Earthsea",
      "Darkness at Noon",
      "Dark, dark, darkness",
    ]) {
      await mutation("books:add", { title, shelf: title.includes("dark,") ? "poems" : "novels" });
    }
  });

  test("finds documents by whole words and by a prefix in the last word", async () => {
    expect(await query("books:search", { words: "wizard" })).toEqual(["A Wizard of Earthsea"]);
    expect(await query("books:search", { words: "of earth" })).toContain("A Wizard of Earthsea");
    expect(await query("books:search", { words: "wiz nothing" })).toEqual([]);
  });

  test("ranks documents with more words of the query first", async () => {
    expect(await query("books:search", { words: "darkness noon" })).toMatchObject({ 0: "Darkness at Noon" });
  });

  test("ranks rare and repeated words higher, and long texts lower", async () => {
    for (const title of [
      "rank common rare",
      "rank common common common",
      "rank common",
      "rank common and six more words follow here",
    ])
      await mutation("books:add", { title, shelf: "ranks" });
    expect(await query("books:search", { words: "rare common common", shelf: "ranks" })).toEqual([
      "rank common rare",
      "rank common common common",
      "rank common",
      "rank common and six more words follow here",
    ]);
  });

  test("is read page by page, and a page with an end cursor has no size", async () => {
    for (let i = 1; i <= 4; i++) await mutation("books:add", { title: `Paged ${i}`, shelf: "pages" });
    const page = async (cursor: string | null, more: object = {}) =>
      (await query("books:searchPage", {
        words: "pag",
        paginationOpts: { numItems: 2, cursor, ...more },
      })) as { titles: string[]; continueCursor: string; isDone: boolean };
    const first = await page(null);
    expect(first).toMatchObject({ titles: ["Paged 4", "Paged 3"], isDone: false });
    const second = await page(first.continueCursor);
    expect(second).toMatchObject({ titles: ["Paged 2", "Paged 1"], isDone: false });
    expect(await page(second.continueCursor)).toMatchObject({ titles: [], isDone: true });
    expect(await page(null, { numItems: 1, endCursor: second.continueCursor })).toMatchObject({
      titles: ["Paged 4", "Paged 3", "Paged 2", "Paged 1"],
      continueCursor: second.continueCursor,
    });
    const wrong = call("books:searchPage", {
      words: "other",
      paginationOpts: { numItems: 2, cursor: first.continueCursor },
    });
    expect(errorOf(await opened.backend.query(wrong))).toContain("InvalidCursor");
  });

  test.each<[object, string]>([
    [{ field: "shelf" }, 'contains a search filter against "shelf", which doesn\'t match the indexed'],
    [{ field: "title", filter: "title" }, 'contains an equality filter on "title" but that field'],
    [{ field: "title", filter: "shelf", times: 9 }, "has too many filter conditions. Max: 8 Actual: 9"],
  ])("rejects %j", async (args, message) => {
    expect(errorOf(await opened.backend.query(call("books:searchWrongly", { ...args })))).toContain(
      `Search query against books.by_title ${message}`,
    );
  });

  test("filters by its filter fields", async () => {
    expect(await query("books:search", { words: "dark", shelf: "poems" })).toEqual(["Dark, dark, darkness"]);
  });

  test("follows changes, makes subscriptions stale, and sees the writes of its transaction", async () => {
    const id = await mutation("books:add", { title: "First name", shelf: "x" });
    await opened.backend.evaluate([
      { id: 1, call: call("books:search", { words: "renamed" }), journal: null },
    ]);
    opened.events.length = 0;
    await mutation("books:retitle", { id, title: "Renamed" });
    expect(opened.events).toContainEqual(expect.objectContaining({ stale: [1] }));
    expect(await query("books:search", { words: "first" })).toEqual([]);
    expect(await query("books:search", { words: "renamed" })).toEqual(["Renamed"]);
    expect(await mutation("books:addAndSearch", { title: "Unheard" })).toBe(1);
    expect(await query("books:search", { words: "unheard" })).toEqual([]);
  });
});

describe("a stored file", () => {
  const upload = async (text: string, sha256?: string) => {
    const url = new URL(String(await mutation("files:uploadUrl")));
    expect(url.href).toMatch(/^http:\/\/127\.0\.0\.1:2\/api\/storage\/upload\?token=/);
    const token = url.searchParams.get("token") ?? "";
    return opened.backend.storeFile(token, {
      body: Buffer.from(text),
      contentType: "text/plain",
      sha256: sha256 ?? null,
    });
  };
  const uploaded = async (text: string): Promise<string> => {
    const result = await upload(text);
    if ("rejected" in result) throw new Error(result.rejected.message);
    return result.storageId;
  };
  /** Reads the file at a URL of `getUrl`. */
  const read = async (url: unknown): Promise<string | null> => {
    const { pathname, searchParams } = new URL(String(url));
    const code = pathname.replace("/api/storage/", "");
    const file = await opened.backend.readFile(code, searchParams.get("component") ?? "");
    return file && Buffer.from(file.body).toString();
  };

  test("is uploaded to its URL, read back, and kept across a restart", async () => {
    const id = await uploaded("hello");
    await opened.restart();
    const url = await query("files:url", { id });
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:2\/api\/storage\/[0-9a-f]{8}-[0-9a-f-]{27}$/);
    expect(await read(url)).toBe("hello");
    const hash = createHash("sha256").update("hello");
    expect(await query("files:document", { id })).toMatchObject({
      size: 5,
      contentType: "text/plain",
      sha256: hash.copy().digest("base64"),
    });
    const code = String(url).split("/").at(-1);
    const metadata = { storageId: code, size: 5, contentType: "text/plain", sha256: hash.digest("hex") };
    expect(await query("files:metadata", { id })).toEqual(metadata);
    expect(await query("files:metadata", { id: code })).toEqual(metadata);
  });

  test("is no longer readable after it is deleted", async () => {
    const id = await uploaded("bye");
    const url = await query("files:url", { id });
    await mutation("files:remove", { id });
    expect(await read(url)).toBeNull();
    expect(await query("files:url", { id })).toBeNull();
    expect(await query("files:metadata", { id })).toBeNull();
    expect(await failure("files:remove", { id })).toContain(`storage id ${id} not found`);
  });

  test("is not found by an id of another table or by any other string", async () => {
    const book = await mutation("books:add", { title: "x", shelf: "x" });
    expect(await failure("files:remove", { id: book })).toContain(
      "Invalid storage ID. Storage ID cannot be an ID on any table other than '_storage'.",
    );
    expect(await failure("files:remove", { id: "nonsense" })).toContain(
      'Invalid argument `storageId` for `storage.delete`: Invalid storage ID: "nonsense"',
    );
  });

  test("of a component is not a file of the app", async () => {
    const id = resultOf(await opened.backend.action(call("files:storeInComponent", { text: "inside" })));
    const url = await query("files:urlInComponent", { id });
    expect(url).toMatch(/\?component=tally$/);
    expect(await read(url)).toBe("inside");
    expect(await read(String(url).replace(/\?.*/, ""))).toBeNull();
    expect(await query("files:url", { id })).toBeNull();
    expect(await query("files:document", { id })).toBeNull();
  });

  test("is rejected with a forged token or another digest", async () => {
    expect(await opened.backend.storeFile("e30.x", { body: Buffer.from("") })).toMatchObject({
      rejected: { code: "StorageTokenInvalid" },
    });
    expect(await upload("hello", "wrong")).toMatchObject({ rejected: { code: "Sha256Mismatch" } });
  });

  test("can be stored and read by actions", async () => {
    expect(
      resultOf(await opened.backend.action(call("files:copyInAction", { text: "copied" }))),
    ).toMatchObject({
      text: "copied",
      type: "text/plain",
      url: expect.stringContaining("/api/storage/"),
    });
  });
});

describe("an HTTP action", () => {
  const request = (method: string, path: string, parts: Partial<HttpRequestMessage> = {}) =>
    opened.backend.http({ method, url: `${site}${path}`, headers: [], body: null, ...parts });
  const textOf = ({ body }: { body: Uint8Array }) => Buffer.from(body).toString();

  test("gets the bytes and headers of the request, and responds with its own", async () => {
    const body = new Uint8Array([0, 255, 1]);
    const answer = await request("POST", "/echo", { body, headers: [["content-type", "x/y"]] });
    expect(answer.status).toBe(201);
    expect([...answer.body]).toEqual([...body]);
    expect(answer.headers).toEqual(
      expect.arrayContaining([
        ["x-kind", "x/y"],
        ["set-cookie", "a=b"],
      ]),
    );
  });

  test("is found by the longest prefix, and can call functions", async () => {
    const answer = await request("GET", "/books/Solaris");
    expect([answer.status, textOf(answer)]).toEqual([200, '["Solaris"]']);
  });

  test("is not found for another path or method", async () => {
    expect((await request("GET", "/echo")).status).toBe(404);
    expect((await request("GET", "/nothing")).status).toBe(404);
  });

  test("gets the identity of an authenticated caller", async () => {
    const identity = { tokenIdentifier: "i|me", issuer: "i", subject: "me" };
    const who = { method: "GET", url: `${site}/who`, headers: [], body: null } satisfies HttpRequestMessage;
    expect(textOf(await opened.backend.http(who, { identity, rejection: null }))).toBe(
      JSON.stringify(identity),
    );
    expect(textOf(await opened.backend.http(who))).toBe("null");
  });

  test("responds 500 when it throws, and the log contains the error", async () => {
    expect((await request("GET", "/fails")).status).toBe(500);
    expect(opened.log.join("\n")).toContain("on purpose");
  });
});

describe("a component", () => {
  test("has separate tables for each place it is used in", async () => {
    expect(await mutation("counting:count", { name: "a" })).toBe(11);
    expect(await mutation("counting:count", { name: "a" })).toBe(12);
    expect(await query("counting:counts", { name: "a" })).toMatchObject({
      tally: { count: 12 },
      other: { count: null },
    });
    expect(await query("books:search", { words: "a" })).not.toContain("a");
  });

  test("sees its own variables and no identity", async () => {
    const identity = { tokenIdentifier: "i|me", issuer: "i", subject: "me" };
    const counts = resultOf(await opened.backend.query(call("counting:counts", { name: "b" }, identity)));
    expect(counts).toMatchObject({
      tally: { start: "10", path: null, who: null },
      other: { start: "0" },
      here: "the app's",
    });
  });

  test("calls back through a function handle in the same transaction", async () => {
    expect(await mutation("counting:countBack", { name: "back" })).toBe(11);
    expect(await query("books:search", { words: "back 11" })).toContain("back 11");
  });

  test("is rolled back alone when it throws", async () => {
    expect(await mutation("counting:countFailing", { name: "c" })).toContain("in the component");
    expect(await query("counting:counts", { name: "c" })).toMatchObject({
      tally: { count: null },
      other: { count: 1 },
    });
  });

  test("cannot be called from outside", async () => {
    await expect(opened.backend.query(call("tally/counts:get", { name: "a" }))).rejects.toMatchObject({
      code: "function_not_found",
    });
    expect(errorOf(await opened.backend.query(call("counting:counts", {})))).toContain(
      "ArgumentValidationError",
    );
  });
});

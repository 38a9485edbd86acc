/** Stored files over HTTP. */
import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Served } from "../../src/serve.ts";
import { startConvex } from "../../src/server.ts";

const uploadUrl = makeFunctionReference<"mutation", Record<string, never>, string>("notes:uploadUrl");
const fileUrl = makeFunctionReference<"query", { id: string }, string | null>("notes:fileUrl");

let served: Served;
let client: ConvexHttpClient;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "convex-local-files-"));
  served = await startConvex({
    functionsDir: resolve(import.meta.dirname, "../fixtures/lists"),
    port: 0,
    sitePort: 0,
    dataFile: join(folder, "data.sqlite"),
    env: {},
    log: () => undefined,
  });
  client = new ConvexHttpClient(served.url, { logger: false });
});

afterAll(async () => {
  await served.close();
  await rm(folder, { recursive: true });
});

async function upload(body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(await client.mutation(uploadUrl, {}), { method: "POST", body, headers });
}

async function stored(body: string, headers: Record<string, string> = {}): Promise<string> {
  const { storageId }: { storageId: string } = await (await upload(body, headers)).json();
  return (await client.query(fileUrl, { id: storageId })) ?? "";
}

test("a file is returned unchanged with its content type, and can be cached", async () => {
  const response = await fetch(await stored("héllo", { "content-type": "text/x-note" }));
  expect(await response.text()).toBe("héllo");
  expect(response.headers.get("content-type")).toBe("text/x-note");
  expect(response.headers.get("cache-control")).toContain("max-age=2592000");
  const hash = createHash("sha256").update("héllo").digest("base64");
  expect(response.headers.get("digest")).toBe(`sha-256=${hash}`);
});

test("a range of a file can be requested", async () => {
  const url = await stored("0123456789");
  const part = async (range: string): Promise<[number, string]> => {
    const response = await fetch(url, { headers: { range } });
    return [response.status, await response.text()];
  };
  expect(await part("bytes=2-4")).toEqual([206, "234"]);
  expect(await part("bytes=7-")).toEqual([206, "789"]);
  expect(await part("bytes=-3")).toEqual([206, "789"]);
  expect(await part("bytes=5-99")).toEqual([206, "56789"]);
  expect((await part("bytes=10-"))[0]).toBe(416);
  expect(await part("bytes=4-2")).toEqual([200, "0123456789"]);
  const empty = await fetch(await stored(""), { headers: { range: "bytes=0-0" } });
  expect([empty.status, await empty.text()]).toEqual([200, ""]);
  expect(await part("pages=1")).toEqual([200, "0123456789"]);
});

test("a body that does not match its digest is rejected", async () => {
  const digest = (text: string): string => `sha-256=${createHash("sha256").update(text).digest("base64")}`;
  expect((await upload("a", { digest: digest("a") })).status).toBe(200);
  expect((await upload("a", { digest: digest("b") })).status).toBe(400);
});

test("forged upload URLs are rejected with a reason", async () => {
  const good = new URL(await client.mutation(uploadUrl, {}));
  for (const token of ["", "x", "e30.x", `${good.searchParams.get("token")}x`]) {
    good.searchParams.set("token", token);
    const response = await fetch(good, { method: "POST", body: "a" });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual({ code: "StorageTokenInvalid", message: expect.any(String) });
  }
});

test("only the code in a file's URL gives access to the file", async () => {
  const { storageId }: { storageId: string } = await (await upload("secret")).json();
  for (const path of [storageId, "nothing", "..%2F..%2Fetc%2Fpasswd"]) {
    const response = await fetch(`${served.url}/api/storage/${path}`);
    expect([response.status, (await response.json()).code]).toEqual([400, "InvalidStoragePath"]);
  }
  for (const path of [crypto.randomUUID(), `${crypto.randomUUID()}?component=nothing`]) {
    const response = await fetch(`${served.url}/api/storage/${path}`);
    expect([response.status, (await response.json()).code]).toEqual([404, "FileNotFound"]);
  }
});

/** The HTTP API, with the published client and with raw requests. */
import { connect } from "node:net";
import { ConvexHttpClient } from "convex/browser";
import { makeFunctionReference } from "convex/server";
import { ConvexError, convexToJson } from "convex/values";
import { expect, test } from "vitest";
import { RetryableError } from "../../src/functions/execution/call-errors.ts";
import { ADMIN_KEY, serveScripted } from "../sync/serving.ts";

const getRow = makeFunctionReference<"query", { name: string }>("rows:get");
const setRow = makeFunctionReference<"mutation", { name: string; value: unknown }>("rows:set");

function post(url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

test("the published HTTP client runs queries, mutations and actions, and several queries at one timestamp", async () => {
  const { url, backend } = await serveScripted();
  backend.actions["rows:double"] = async ({ n }) => Number(n) * 2;
  const client = new ConvexHttpClient(url, { logger: false });
  expect(await client.mutation(setRow, { name: "a", value: 1n })).toBe(1n);
  expect(await client.query(getRow, { name: "a" })).toBe(1n);
  expect(await client.consistentQuery(getRow, { name: "a" })).toBe(1n);
  expect(await client.action(makeFunctionReference<"action">("rows:double"), { n: 21 })).toBe(42);
});

test("an error of a function has its data and status 560", async () => {
  const { url, backend } = await serveScripted();
  backend.query = async () => {
    const errorData = convexToJson({ code: "invalid", at: 3n });
    return { ts: 1n, outcome: { ok: false, errorMessage: "Uncaught ConvexError", errorData, logLines: [] } };
  };
  const client = new ConvexHttpClient(url, { logger: false });
  const error: unknown = await client.query(getRow, { name: "a" }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConvexError);
  expect(error).toMatchObject({ data: { code: "invalid", at: 3n } });
  const response = await post(`${url}/api/query`, { path: "rows:get", args: {} });
  expect(response.status).toBe(560);
  expect(await response.json()).toEqual({
    status: "error",
    errorMessage: "Uncaught ConvexError",
    errorData: { code: "invalid", at: "3" },
    logLines: [],
  });
});

test("errors for unknown functions and for another kind contain the function", async () => {
  const { url } = await serveScripted();
  const client = new ConvexHttpClient(url, { logger: false });
  await expect(client.query(makeFunctionReference<"query">("rows:nothing"))).rejects.toThrow(
    "'rows:nothing'",
  );
  await expect(client.query(makeFunctionReference<"query">("rows:set"))).rejects.toThrow("of another kind");
  await expect(client.mutation(makeFunctionReference<"mutation">("rows:get"))).rejects.toThrow(
    "of another kind",
  );
});

test("/api/run runs a function of any kind by its path, and responds with plain JSON", async () => {
  const { url, backend } = await serveScripted();
  backend.mutations["folder/rows:put"] = (_, { value = null }) => value;
  backend.actions["rows:act"] = async () => "acted";
  const integer = convexToJson(7n);
  const put = await post(`${url}/api/run/folder/rows/put`, { args: { value: integer } });
  expect(await put.json()).toEqual({ status: "success", value: "7", logLines: [] });
  const encoded = { args: { value: integer }, format: "convex_encoded_json" };
  expect(await (await post(`${url}/api/run/folder/rows/put`, encoded)).json()).toMatchObject({
    value: integer,
  });
  expect(await (await post(`${url}/api/run/rows/act`, {})).json()).toMatchObject({ value: "acted" });
  expect(await (await post(`${url}/api/run/rows/get`, { args: { name: "a" } })).json()).toMatchObject({
    value: null,
  });
  expect((await post(`${url}/api/run/rows`, {})).status).toBe(400);
  expect((await post(`${url}/api/run/rows/%E0%A4%A`, {})).status).toBe(400);
});

test("a query can be run with GET", async () => {
  const { url, backend } = await serveScripted();
  backend.write("a", "here");
  const args = encodeURIComponent(JSON.stringify({ name: "a" }));
  const response = await fetch(`${url}/api/query?path=rows:get&args=${args}`);
  expect(await response.json()).toEqual({ status: "success", value: "here", logLines: [] });
  expect((await fetch(`${url}/api/query?path=rows:get&args=nonsense`)).status).toBe(400);
});

test.each<[string, string, unknown]>([
  ["text that is not JSON", "/api/query", "{"],
  ["JSON of another kind", "/api/query", "[]"],
  ["an empty body", "/api/mutation", ""],
  ["a path that is a number", "/api/query", { path: 1, args: {} }],
  ["an empty path", "/api/action", { path: "", args: {} }],
  ["arguments that are a string", "/api/query", { path: "rows:get", args: "x" }],
  ["two argument objects", "/api/query", { path: "rows:get", args: [{}, {}] }],
  ["null instead of arguments", "/api/query", { path: "rows:get", args: null }],
  ["null instead of arguments by path", "/api/run/rows/get", { args: null }],
  [
    "a value that is nested 50,000 times",
    "/api/query",
    `{"path":"rows:get","args":{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}}}`,
  ],
  ["an unknown format", "/api/query", { path: "rows:get", args: {}, format: "xml" }],
  ["a malformed timestamp", "/api/query_at_ts", { path: "rows:get", args: {}, ts: "yesterday" }],
  ["a timestamp in the future", "/api/query_at_ts", { path: "rows:get", args: {}, ts: "/////////38=" }],
])("%s gets 400 with a reason", async (_, path, body) => {
  const { url, log } = await serveScripted();
  const response = await post(url + path, body);
  expect(response.status).toBe(400);
  expect(await response.json()).toEqual({ code: expect.any(String), message: expect.any(String) });
  expect(log).toEqual([]);
});

test("a body over the limit gets 413, with and without Content-Length", async () => {
  const { url } = await serveScripted();
  const long = `"${"x".repeat(21 * 1024 * 1024)}"`;
  expect((await post(`${url}/api/mutation`, long)).status).toBe(413);
  const streamed = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(long));
      controller.close();
    },
  });
  const request = { method: "POST", body: streamed, duplex: "half" };
  expect((await fetch(`${url}/api/mutation`, request)).status).toBe(413);
  expect((await fetch(`${url}/version`)).status).toBe(200);
});

test("responds to wrong methods, unknown routes, HEAD and preflight requests", async () => {
  const { url } = await serveScripted();
  const wrong = await fetch(`${url}/api/mutation`);
  expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "POST"]);
  expect((await fetch(`${url}/api/nothing`)).status).toBe(404);
  expect((await fetch(`${url}/api/__proto__`)).status).toBe(404);
  expect((await fetch(`${url}//evil.example/api`)).status).toBe(404);
  const preflight = await fetch(`${url}/api/query`, {
    method: "OPTIONS",
    headers: { origin: "http://localhost:8787" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  expect(preflight.headers.get("access-control-allow-headers")).toMatch(/authorization/i);
  expect((await post(`${url}/api/query`, "{")).headers.get("access-control-allow-origin")).toBe("*");
  expect(await (await fetch(url)).text()).toContain("running");
  expect((await fetch(`${url}/version`, { method: "HEAD" })).status).toBe(200);
});

test("/api/function runs a function of any kind, with the admin key also internal ones", async () => {
  const { url, backend } = await serveScripted();
  const callers: string[] = [];
  const { query } = backend;
  backend.query = (call) => {
    callers.push(call.caller);
    return query.call(backend, call);
  };
  const body = { path: "rows:get", args: { name: "a" } };
  expect(await (await post(`${url}/api/function`, body)).json()).toMatchObject({ status: "success" });
  const admin = await post(`${url}/api/function`, body, { authorization: `Convex ${ADMIN_KEY}` });
  expect(await admin.json()).toMatchObject({ status: "success" });
  expect(callers).toEqual(["public", "internal"]);
});

test("a failure that a retry may fix gets 503 with its name", async () => {
  const { url, backend } = await serveScripted();
  backend.mutation = async () => {
    throw new RetryableError("Busy", "Try again.");
  };
  const response = await post(`${url}/api/mutation`, { path: "rows:set", args: {} });
  expect([response.status, await response.json()]).toEqual([503, { code: "Busy", message: "Try again." }]);
});

test("input that is not HTTP closes only its own connection", async () => {
  const { url } = await serveScripted();
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.end("\x16\x03\x01 not http\r\n\r\n");
  let answer = "";
  for await (const chunk of socket) answer += String(chunk);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect((await fetch(`${url}/version`)).status).toBe(200);
});

test("an internal error is a 500 without details, and is logged", async () => {
  const { url, backend, log } = await serveScripted();
  backend.query = async () => {
    throw new Error("a secret detail");
  };
  const response = await post(`${url}/api/query`, { path: "rows:get", args: {} });
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret");
  expect(log.join("\n")).toContain("a secret detail");
});

test("HTTP actions get the original request, and their response is returned unchanged", async () => {
  const { siteUrl } = await serveScripted();
  const response = await fetch(`${siteUrl}/webhooks/workos?x=1&y=%20`, {
    method: "POST",
    headers: { "x-signature": "t=1, v1=ab" },
    body: "ünï",
  });
  expect(response.status).toBe(201);
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(response.headers.get("access-control-allow-origin")).toBeNull();
  const seen: { headers: [string, string][] } = await response.json();
  expect(seen).toMatchObject({ method: "POST", url: `${siteUrl}/webhooks/workos?x=1&y=%20`, body: "ünï" });
  expect(Object.fromEntries(seen.headers)).toMatchObject({ "x-signature": "t=1, v1=ab" });
  const get: { body: string | null } = await (await fetch(`${siteUrl}/`)).json();
  expect(get.body).toBeNull();
});

test("each port serves only its own routes", async () => {
  const { url, siteUrl } = await serveScripted();
  expect((await fetch(`${url}/webhooks/workos`, { method: "POST" })).status).toBe(404);
  expect((await fetch(`${siteUrl}/api/query`, { method: "POST" })).status).toBe(201);
});

test("close is quick with open requests and sockets, and frees the ports", async () => {
  const { url, backend, close } = await serveScripted();
  backend.query = () => new Promise(() => undefined);
  const hanging = post(`${url}/api/query`, { path: "rows:get", args: {} }).catch(() => "cut off");
  await expect.poll(async () => (await fetch(`${url}/version`)).status).toBe(200);
  const started = performance.now();
  await close();
  expect(performance.now() - started).toBeLessThan(1_500);
  expect(await hanging).toBe("cut off");
  await expect(fetch(`${url}/version`)).rejects.toThrow();
});

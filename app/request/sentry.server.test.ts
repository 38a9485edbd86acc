import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { framesOf, sendToSentry } from "./sentry.server.ts";

/** Emulates Sentry: records requests to the envelope endpoint. */
let server: Server;
let status = 200;
const received: { path: string; body: string }[] = [];

beforeEach(async () => {
  received.length = 0;
  status = 200;
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      received.push({ path: (request.url ?? "").split("?")[0] ?? "", body });
      response.writeHead(status, { "Content-Type": "application/json" }).end("{}");
    });
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
});

afterEach(() => new Promise((closed) => server.close(closed)));

const dsn = () => `http://key@127.0.0.1:${(server.address() as AddressInfo).port}/42`;

/** Returns the items of an envelope, each a header line and a payload line. */
function itemsOf(body: string): { type: string; payload: Record<string, unknown> }[] {
  const lines = body.split("\n").slice(1).filter(Boolean);
  const items = [];
  for (let index = 0; index < lines.length; index += 2) {
    items.push({
      type: JSON.parse(lines[index] ?? "{}").type as string,
      payload: JSON.parse(lines[index + 1] ?? "{}") as Record<string, unknown>,
    });
  }
  return items;
}

const event = (error: unknown, userId?: string) => ({
  component: "auth" as const,
  action: "/callback",
  requestId: "request-1",
  error,
  userId,
});

describe("an event", () => {
  it("is sent to the project's envelope endpoint with tags and the user's id", async () => {
    await sendToSentry(dsn(), event(new TypeError("broken"), "user_1"));
    expect(received.map(({ path }) => path)).toEqual(["/api/42/envelope/"]);
    const items = itemsOf(received[0]?.body ?? "");
    expect(items.map(({ type }) => type)).toEqual(["event"]);
    expect(items[0]?.payload).toMatchObject({
      level: "error",
      tags: { component: "auth", action: "/callback", request_id: "request-1" },
      user: { id: "user_1" },
      exception: { values: [{ type: "TypeError", value: "broken" }] },
    });
  });

  it("is sent again if the same error occurs again", async () => {
    const error = new Error("the same");
    await sendToSentry(dsn(), event(error));
    await sendToSentry(dsn(), event(error));
    expect(received).toHaveLength(2);
  });

  it.each([
    ["an access token", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1In0.c2lnbmF0dXJl"],
    ["a sealed cookie", "Fe26.2*1*abcdef*ghij*klmn"],
    ["an API key", "sk_live_abcdefgh"],
    ["an API key of Mosaic", "mosaic_abcdefgh"],
    ["an e-mail", "ada@example.com"],
    ["an encoded e-mail", "ada%40example.com"],
    ["the query of a path", "/callback?code=abc&state=def"],
  ])("does not carry %s, in any field", async (_, secret) => {
    const error = new Error(`with ${secret} at https://a.example/x?code=secretquery`);
    error.stack = `Error: with ${secret}\n    at ${secret} (https://a.example/x.js?code=secretquery:1:2)`;
    error.name = `Error ${secret}`;
    await sendToSentry(dsn(), { ...event(error), action: `browser ${secret}` });
    expect(received).toHaveLength(1);
    expect(received[0]?.body).not.toContain(secret);
    expect(received[0]?.body).not.toContain("secretquery");
  });

  it("has only the allowed fields", async () => {
    await sendToSentry(dsn(), event(new Error("x")));
    const [item] = itemsOf(received[0]?.body ?? "");
    expect(Object.keys(item?.payload ?? {}).sort()).toEqual(
      ["event_id", "exception", "level", "platform", "sdk", "tags", "timestamp"].sort(),
    );
  });

  it("does not cause an error if Sentry rejects it", async () => {
    status = 429;
    await expect(sendToSentry(dsn(), event(new Error("x")))).resolves.toBeUndefined();
  });

  it("can be created from a thrown value that is not an Error", async () => {
    await sendToSentry(dsn(), event("just text"));
    expect(itemsOf(received[0]?.body ?? "")[0]?.payload).toMatchObject({
      exception: { values: [{ value: "just text" }] },
    });
  });
});

it("parses a V8 stack and returns the innermost frame last", () => {
  expect(framesOf("Error: x\n    at inner (file:///a.js:1:2)\n    at file:///b.js:3:4")).toMatchObject([
    { filename: "file:///b.js", lineno: 3, colno: 4 },
    { function: "inner", filename: "file:///a.js", lineno: 1, colno: 2 },
  ]);
});

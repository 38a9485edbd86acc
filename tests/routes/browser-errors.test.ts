/** Error reports of browsers at POST /api/errors: logged without personal data or secrets. */
import { describe, expect, it } from "vitest";
import { jsonOf } from "./browser.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

describe("a browser error report", () => {
  it("is logged", async () => {
    const report = {
      message: "x is not a function",
      stack: "TypeError: x\n    at a.js:1:2",
      path: "/dashboard",
    };
    const answer = await app.browser().post("/api/errors", { json: { ...report, other: "ignored" } });
    expect(answer.status).toBe(204);
    expect(answer.text).toBe("");
    const line = await app.log.line(({ level, event }) => level === "error" && event !== "request");
    expect(JSON.stringify(line)).toContain("x is not a function");
    expect(line).toMatchObject({ component: "page", requestId: answer.headers.get("x-request-id") });
  });

  it("is logged without secrets, queries and e-mails, and cannot forge a log line", async () => {
    const message =
      'Failed at https://a.example/p?code=secret-code-1 for ann@example.com with eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln and Fe26.2*1*abc*def sk_live_123456 mosaic_abcdef123456\n{"level":"error","event":"forged"}';
    const answer = await app
      .browser()
      .post("/api/errors", { json: { message, stack: message, path: "/p?token=secret-code-1" } });
    expect(answer.status).toBe(204);
    const line = await app.log.line(({ level, event }) => level === "error" && event !== "request");
    expect(JSON.stringify(line)).not.toMatch(/secret-code-1|ann@|eyJ|Fe26|sk_live|mosaic_abc/);
    expect(app.log.lines.filter(({ event }) => event === "forged")).toEqual([]);
  });

  it.each([
    ["/callback?code=abc123&state=def456", "/callback"],
    ["callback?code=abc123", "callback"],
    ["./callback?abc123", "./callback"],
    ["/callback#code=abc123", "/callback"],
    ["/login%3FreturnTo%3Dabc123", "/login"],
    [
      "/users/abc123%40example.com and /users/j\u00f6rg.abc123@b\u00fccher.example",
      "/users/[e-mail] and /users/[e-mail]",
    ],
    ["/x/eyJabc12345.eyJabc123.abc123/whsec_abc123", "/x/[token]/[key]"],
  ])("is logged without the secrets of %s in any field", async (text, clean) => {
    const stack = `Error: ${text}\n    at load (${text})\n    at https://a.example/assets/a.js:1:2`;
    const message = `Failed to load ${text} now`;
    await app.browser().post("/api/errors", { json: { message, stack, path: text } });
    const line = await app.log.line(({ level, event }) => level === "error" && event !== "request");
    expect(line.message).toBe(`Failed to load ${clean} now`);
    expect(line.action).toBe(`browser ${clean}`);
    expect(line.stack).toContain("https://a.example/assets/a.js:1:2");
    expect(JSON.stringify(line)).not.toMatch(/abc123|def456/);
  });

  it("is logged without an e-mail that spans the end of a truncated message", async () => {
    for (let before = 1_985; before < 2_000; before++) {
      const message = `${"m".repeat(before - 1)} qzjx@example.com`;
      await app.browser().post("/api/errors", { json: { message } });
    }
    await expect.poll(() => app.log.of("error").length).toBe(15);
    expect(JSON.stringify(app.log.of("error"))).not.toContain("qzj");
  });

  it("is truncated if it is long", async () => {
    await app
      .browser()
      .post("/api/errors", { json: { message: "m".repeat(4_000), stack: "s".repeat(3_000) } });
    const line = await app.log.line(({ level, event }) => level === "error" && event !== "request");
    expect(JSON.stringify(line).length).toBeLessThan(7_000);
  });

  it.each([
    ["an empty body", ""],
    ["truncated JSON", '{"message":'],
    ["a list", "[]"],
    ["null", "null"],
    ["a report without a message", '{"stack":"x"}'],
    ["a message that is not a string", '{"message":7}'],
    ["a stack that is not a string", '{"message":"m","stack":{}}'],
    ["a path that is not a string", '{"message":"m","path":[]}'],
  ])("with %s as its body is rejected", async (_what, body) => {
    const answer = await app
      .browser()
      .post("/api/errors", { headers: { "content-type": "application/json" }, body });
    expect(answer.status).toBe(400);
    expect(() => jsonOf(answer)).not.toThrow();
  });

  it("larger than 8,192 bytes is rejected", async () => {
    const body = (length: number) => {
      const json = JSON.stringify({ message: "m", stack: "" });
      return json.replace('"stack":""', `"stack":"${"s".repeat(length - json.length)}"`);
    };
    const send = (length: number) =>
      app
        .browser()
        .post("/api/errors", { headers: { "content-type": "application/json" }, body: body(length) });
    expect((await send(8_192)).status).toBe(204);
    expect((await send(8_193)).status).toBe(413);
    expect((await send(100_000)).status).toBe(413);
  });

  it("is accepted only from the app's own pages, and only by POST", async () => {
    const foreign = { headers: { origin: "https://evil.example" }, json: { message: "m" } };
    expect((await app.browser().post("/api/errors", foreign)).status).toBe(403);
    const answer = await app.browser().get("/api/errors");
    expect(answer.status).toBe(405);
    expect(answer.headers.get("allow")).toContain("POST");
  });

  it("is accepted at least 20 times a minute from one address, then rate limited", async () => {
    const browser = app.browser();
    const statuses: number[] = [];
    for (let sent = 0; sent < 45 && !statuses.includes(429); sent += 1) {
      const answer = await browser.post("/api/errors", { json: { message: "again" } });
      statuses.push(answer.status);
      if (answer.status === 429) expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    }
    expect(statuses.filter((status) => status === 204).length).toBeGreaterThanOrEqual(20);
    expect(statuses.at(-1)).toBe(429);
  });
});

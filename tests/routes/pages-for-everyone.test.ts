/** Public resources, such as /about, the health check, scripts and styles. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs"; // agents:line
import { describe, expect, it } from "vitest";
import { jsonOf } from "./browser.ts";
import { Page, textOf } from "./html.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

describe("public resources", () => {
  it("/about is identical for guests and users: hashes instead of a nonce, and no request id", async () => {
    const ada = app.browser();
    await signIn(ada, "ada@example.com");
    const [guest, member] = [await app.browser().get("/about"), await ada.get("/about")];
    expect(guest.status).toBe(200);
    expect(member.text).toBe(guest.text);
    expect(guest.text).toContain("How to read a tile"); // agents:line
    const page = new Page(guest.text);
    expect(textOf(page.root)).not.toMatch(/Ada|Sign (in|out)|Welcome/);
    const policy = guest.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/script-src[^;]*'sha256-/);
    expect(policy).not.toContain("nonce-");
    for (const script of page.tags("script")) {
      const [source = ""] = script.children.filter((child) => typeof child === "string");
      expect(policy).toContain(`'sha256-${createHash("sha256").update(source).digest("base64")}'`);
      expect(Buffer.byteLength(source)).toBeLessThanOrEqual(8_192);
      expect(script.attributes.src).toBeUndefined();
    }
    expect(guest.headers.get("x-request-id")).toBeNull();
    expect(guest.setCookies).toEqual([]);
  });

  it("/about has no duplicate with a trailing slash or in upper case", async () => {
    const answer = await app.browser().get("/about");
    expect(answer.status).toBe(200);
    const slashed = await app.browser().get("/about/");
    expect([301, 302, 307, 308, 404]).toContain(slashed.status);
    const shouted = await app.browser().get("/ABOUT");
    expect(shouted.headers.get("location")).toBe("/about");
  });

  it("/healthz does not call WorkOS or Convex", async () => {
    app.outbound.forget();
    const answer = await app.browser().get("/healthz");
    expect(answer.status).toBe(200);
    expect(jsonOf(answer)).toEqual({ status: "ok", version: expect.any(String) });
    expect(answer.headers.get("cache-control")).toContain("no-store");
    expect(app.outbound.requests).toEqual([]);
  });

  // agents:start
  it("/api/v1/openapi.json describes the ingestion API and is cacheable", async () => {
    const answer = await app.browser().get("/api/v1/openapi.json");
    expect(answer.status).toBe(200);
    expect(jsonOf(answer)).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
      paths: expect.any(Object),
    });
    expect(answer.headers.get("cache-control")).toMatch(/max-age=[1-9]/);
    expect(answer).toSetNoCookie();
  });
  // agents:end

  // agents:start
  it("/about shows the product in a picture, and links to the guide, which is docs/agents.md", async () => {
    const page = new Page((await app.browser().get("/about")).text);
    expect(page.tags("div").map(({ attributes }) => attributes.role)).toContain("img");
    const link = page.link("guide for those who run agents");
    const guide = await app.browser().get(link?.attributes.href ?? "");
    expect(guide.status).toBe(200);
    expect(guide.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect(guide.text).toBe(readFileSync("docs/agents.md", "utf8"));
  });
  // agents:end

  it("scripts, styles and the icon have hashed names and are immutable", async () => {
    const page = new Page((await app.browser().get("/")).text);
    const sources = [
      ...page.tags("script").map((script) => script.attributes.src),
      ...page.tags("link").map((link) => link.attributes.href),
    ].filter((source) => source !== undefined);
    expect(sources.some((source) => source.endsWith(".svg"))).toBe(true);
    for (const source of sources) {
      const answer = await app.browser().get(source);
      expect(answer.status, source).toBe(200);
      expect(answer.headers.get("cache-control"), source).toContain("immutable");
      expect(source).toMatch(/-[\w-]{6,}\.(js|css|svg)$/);
    }
  });
});

/** Rules for every URL: methods, origins, caching, request ids, logging and security policy. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Browser, jsonOf } from "./browser.ts";
import { Page } from "./html.ts";
import { signIn, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

let ada: Browser;
beforeAll(async () => {
  ada = app.browser();
  await signIn(ada, "ada@example.com");
});

async function isSignedIn(browser: Browser): Promise<boolean> {
  return jsonOf<{ user: object | null }>(await browser.get("/api/auth/session")).user !== null;
}

describe("a wrong method", () => {
  it.each([
    ["POST", "/api/auth/login", ["GET"]],
    ["PUT", "/api/auth/login", ["GET"]],
    ["POST", "/api/auth/session", ["GET"]],
    ["DELETE", "/api/auth/session", ["GET"]],
    ["GET", "/api/auth/token", ["POST"]],
    ["PUT", "/api/auth/token", ["POST"]],
    ["PUT", "/api/auth/logout", ["GET", "POST"]],
    ["DELETE", "/api/auth/logout", ["GET", "POST"]],
    ["OPTIONS", "/api/auth/token", ["POST"]],
    ["POST", "/callback", ["GET"]],
    ["PATCH", "/callback?code=a&state=b", ["GET"]],
    ["POST", "/healthz", ["GET"]],
  ])("%s %s returns 405 and lists the allowed methods", async (method, path, allowed) => {
    const answer = await ada.send(method, path);
    expect(answer.status).toBe(405);
    const allow = (answer.headers.get("allow") ?? "").split(/\s*,\s*/);
    expect(allow).toEqual(expect.arrayContaining(allowed));
    expect(allow).not.toContain(method);
    expect(await isSignedIn(ada)).toBe(true);
  });

  it.each(["PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"])(
    "%s on a page returns a client error",
    async (method) => {
      for (const path of ["/", "/dashboard", "/no/such/page"]) {
        const answer = await ada.send(method, path);
        expect(answer.status, path).toBeGreaterThanOrEqual(400);
        expect(answer.status, path).toBeLessThan(500);
      }
    },
  );

  it("POST to a page without a form does not cause a server error", async () => {
    for (const path of ["/login", "/about", "/no/such/page"]) {
      expect((await ada.submit(path, { a: "1" })).status, path).toBeLessThan(500);
    }
  });
});

describe("a write request", () => {
  const foreign: [string, Record<string, string | null>][] = [
    ["another origin", { origin: "https://evil.example" }],
    ["another port", { origin: "http://localhost:8788" }],
    ["the same host over https", { origin: "https://localhost:8787" }],
    ["a host with the same prefix", { origin: "http://localhost:8787.evil.example" }],
    ["the null origin", { origin: "null" }],
    ["a malformed origin", { origin: "%%%" }],
    ["another site, only by Sec-Fetch-Site", { origin: null, "sec-fetch-site": "cross-site" }],
    ["a sibling site, only by Sec-Fetch-Site", { origin: null, "sec-fetch-site": "same-site" }],
    [
      "another origin that claims to be same-origin",
      { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
    ],
  ];

  it.each(foreign)("from %s is rejected and has no effect", async (_what, headers) => {
    for (const [method, path] of [
      ["POST", "/api/auth/logout"],
      ["POST", "/api/auth/token"],
      ["POST", "/dashboard"],
      ["POST", "/profile"],
      ["POST", "/profile.data"],
      ["POST", "/settings"],
      ["POST", "/no/such/page"],
      ["POST", "/api/no/such"],
      ["PUT", "/api/auth/session"],
      ["DELETE", "/api/auth/login"],
      ["PATCH", "/"],
    ] as const) {
      const answer = await ada.send(method, path, { headers, form: { firstName: "Eve", name: "Eve's" } });
      expect(answer.status, `${method} ${path}`).toBe(403);
      expect(answer).toSetNoCookie();
    }
    expect(await isSignedIn(ada)).toBe(true);
    expect((await ada.get("/dashboard")).text).not.toContain("Eve");
  });

  it.each([
    ["the same origin", {}],
    ["a client that is not a browser", { origin: null, "sec-fetch-site": null }],
    ["a typed address", { origin: null, "sec-fetch-site": "none" }],
    ["the same origin, only by Sec-Fetch-Site", { origin: null, "sec-fetch-site": "same-origin" }],
  ] as [string, Record<string, string | null>][])("from %s is accepted", async (_what, headers) => {
    const answer = await ada.post("/api/auth/token", { headers, json: {} });
    expect(answer.status).toBe(200);
  });

  it("is checked for its origin, but a cross-site GET of a public page is not", async () => {
    const answer = await app.browser().get("/login", { headers: { "sec-fetch-site": "cross-site" } });
    expect(answer.status).toBe(200);
  });
});

describe("the request id", () => {
  it.each(["abc", "A-b_9", "x".repeat(64)])("%s is accepted from the client", async (id) => {
    const answer = await app.browser().get("/login", { headers: { "x-request-id": id } });
    expect(answer.headers.get("x-request-id")).toBe(id);
  });

  it.each(["", "a b", "a.b", "x".repeat(65), "<script>", "a,b", "a/b", "ümlaut"])(
    "%j is invalid and replaced",
    async (id) => {
      const answer = await app
        .browser()
        .get("/login", { headers: { "x-request-id": Buffer.from(id).toString("latin1") } });
      expect(answer.headers.get("x-request-id")).toMatch(/^[\w-]{8,64}$/);
      expect(answer.headers.get("x-request-id")).not.toBe(id);
    },
  );

  it("is unique for each request", async () => {
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await ada.get("/healthz")).headers.get("x-request-id")),
    );
    expect(new Set(ids).size).toBe(3);
  });
});

describe("caching", () => {
  it.each(["/", "/dashboard", "/profile", "/settings", "/login", "/no/such/page"])(
    "%s is private to one user",
    async (path) => {
      expect(await ada.get(path)).toBeForOnePerson();
    },
  );

  it.each(["/", "/dashboard", "/profile", "/settings"])(
    "the data of %s is private to one user",
    async (path) => {
      const answer = await ada.data(path);
      expect(answer.status).toBe(200);
      expect(answer).toBeForOnePerson();
    },
  );

  it.each(["/api/auth/session", "/healthz", "/api/no/such"])("%s is not cached", async (path) => {
    expect((await ada.get(path)).headers.get("cache-control")).toContain("no-store");
  });

  it("prefetched data may be cached by the browser for seconds, and sets no cookie", async () => {
    const answer = await ada.data("/dashboard", { headers: { "sec-purpose": "prefetch" } });
    expect([200, 204]).toContain(answer.status);
    expect(answer.headers.get("cache-control")).toMatch(/^private, (max-age=[1-5]|no-store)$/);
    expect(answer.headers.get("vary")).toMatch(/cookie/i);
    expect(answer).toSetNoCookie();
  });

  it("data with only the header Purpose may not be cached", async () => {
    const kept = await ada.data("/dashboard", { headers: { "sec-purpose": "prefetch;prerender" } });
    expect(kept.headers.get("cache-control")).toBe("private, max-age=5");
    const answer = await ada.data("/dashboard", { headers: { purpose: "prefetch" } });
    expect(answer.status).toBe(200);
    expect(answer).toBeForOnePerson();
    expect(answer).toSetNoCookie();
  });

  it("HEAD is answered like GET, without a body", async () => {
    for (const [path, status] of [
      ["/", 200],
      ["/login", 302],
      ["/dashboard", 200],
      ["/healthz", 200],
      ["/no/such/page", 404],
    ] as const) {
      const answer = await ada.send("HEAD", path);
      expect([status, 200], path).toContain(answer.status);
      expect(answer.text).toBe("");
    }
  });
});

describe("the log", () => {
  it.each([
    ["GET", "/dashboard?a=secret-query", 200, "/dashboard"],
    ["GET", "/", 200, "/"],
    ["GET", "/no/such/page?x=secret-query", 404, "*"],
    ["GET", "/api/auth/session", 200, "/api/auth/session"],
    ["GET", "/callback?error=access_denied", 302, "/callback"],
    ["GET", "/healthz", 200, "/healthz"],
  ])("has one request line for %s %s", async (method, path, status, route) => {
    const answer = await ada.send(method, path);
    const id = answer.headers.get("x-request-id");
    const line = await app.log.line((one) => one.event === "request" && one.requestId === id);
    expect(line).toMatchObject({ method, route, status, ms: expect.any(Number), level: "info" });
    expect(app.log.of("request").filter((one) => one.requestId === id)).toHaveLength(1);
    expect(JSON.stringify(app.log.lines)).not.toContain("secret-query");
  });

  it("has a request line for a request rejected before routing", async () => {
    const answer = await ada.post("/profile", { headers: { origin: "https://evil.example" } });
    const id = answer.headers.get("x-request-id");
    expect(await app.log.line((one) => one.event === "request" && one.requestId === id)).toMatchObject({
      status: 403,
    });
  });

  it("cannot be forged by client input", async () => {
    const forged = '%0A{"level":"error","event":"forged"}';
    await ada.get(`/no/${forged}?${forged}`);
    await ada.get("/callback?error=%0A%7B%22event%22%3A%22forged%22%7D");
    await startFlow(app.browser(), `?returnTo=${forged}&loginHint=${forged}&organizationId=${forged}`);
    await ada.get("/", {
      headers: { "user-agent": 'x"}{"event":"forged"}', "x-request-id": '"}{"event":"forged"}' },
    });
    await app.log.line((one) => one.event === "request");
    expect(app.log.lines.filter(({ event }) => event === "forged")).toEqual([]);
    expect(JSON.stringify(app.log.lines)).not.toContain("forged");
  });
});

describe("a page's security policy", () => {
  it("has a new nonce for every response", async () => {
    const nonce = async () =>
      /'nonce-([^']+)'/.exec((await ada.get("/")).headers.get("content-security-policy") ?? "")?.[1];
    const [one, two] = [await nonce(), await nonce()];
    expect(one).toMatch(/^[\w+/=-]{16,}$/);
    expect(one).not.toBe(two);
  });

  it("allows only Convex over HTTP and WebSocket, and WorkOS for forms", async () => {
    const policy = (await ada.get("/dashboard")).headers.get("content-security-policy") ?? "";
    const convex = new URL(app.convexUrl);
    expect(policy).toContain(`http://${convex.host}`);
    expect(policy).toContain(`ws://${convex.host}`);
    const origins = policy.match(/\b(https?|wss?):\/\/[^\s;]+/g) ?? [];
    const known = [`http://${convex.host}`, `ws://${convex.host}`, app.workosUrl];
    expect(origins.filter((origin) => !known.includes(origin))).toEqual([]);
  });

  it("is compatible with the markup: no inline styles or handlers", async () => {
    for (const path of ["/", "/dashboard", "/profile", "/settings", "/no/such/page"]) {
      const page = new Page((await ada.get(path)).text);
      const inline = page.all(({ attributes }) =>
        Object.keys(attributes).some((name) => /^(style|on\w+)$/.test(name)),
      );
      expect(
        inline.map(({ tag }) => tag),
        path,
      ).toEqual([]);
      expect(page.tags("title"), path).toHaveLength(1);
    }
  });

  it("is not required for other responses, which have a Content-Type", async () => {
    for (const answer of [
      await ada.get("/api/auth/session"),
      await ada.get("/healthz"),
      await ada.data("/dashboard"),
    ]) {
      expect(answer.headers.get("content-type")).toMatch(/\w+\/[\w-]+/);
    }
  });
});

/** Refreshing a token that has run out while WorkOS is down, slow or talking nonsense, or says no for good. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Browser, jsonOf } from "./browser.ts";
import { COOKIE_PASSWORD, startMosaic } from "./harness.ts";
import { Page } from "./html.ts";
import { authenticate, type Fault } from "./outbound.ts";
import { isSessionCookie, sessionSeal, unseal } from "./seals.ts";
import { signIn } from "./sign-in.ts";

const TOKEN_SECONDS = 2;
const app = startMosaic({ accessTokenSeconds: TOKEN_SECONDS });
const refresh = authenticate("refresh_token");

/** People who signed in together, so that their tokens run out together and one wait is enough. */
const waiting: Browser[] = [];
beforeAll(async () => {
  while (waiting.length < 24) {
    const browser = app.browser();
    await signIn(browser, app.person());
    waiting.push(browser);
  }
  await tokensRunOut();
}, 60_000);

const tokensRunOut = () => new Promise((resolve) => setTimeout(resolve, TOKEN_SECONDS * 1_000 + 100));

/** Somebody whose access token has run out. */
function someoneLate(): Browser {
  const browser = waiting.pop();
  if (browser === undefined) throw new Error("Nobody is left: let more people sign in before");
  app.outbound.forget();
  return browser;
}

const answering = (status: number, body: object): Fault => ({
  kind: "status",
  status,
  body: JSON.stringify(body),
});

describe("WorkOS down", () => {
  const faults: [string, Fault][] = [
    ["unreachable", { kind: "refused" }],
    ["broken (500)", { kind: "status", status: 500 }],
    ["away (503)", { kind: "status", status: 503, body: "<html>" }],
    ["too busy (429)", { kind: "status", status: 429, headers: { "retry-after": "1" } }],
    ["refusing the client", answering(401, { error: "invalid_client", error_description: "no" })],
    ["refusing otherwise", answering(400, { error: "invalid_request", error_description: "no" })],
    ["talking nonsense", { kind: "garbage" }],
    ["cut off", { kind: "cut" }],
    ["empty", answering(200, {})],
    ["hanging", { kind: "hang" }],
  ];

  it.each(faults)(
    "(%s) the page is there in time, the session stays, and the next request tries again",
    async (_what, fault) => {
      const browser = someoneLate();
      const seal = sessionSeal(browser.jar);
      app.outbound.fail("workos", fault, refresh);
      for (const path of ["/dashboard", "/"]) {
        const page = await browser.get(path);
        expect(page).toBeSafeHtml(200);
        expect(page.ms).toBeLessThan(3_000);
        expect(page.text).toMatch(/unavailable/i);
        expect(page).toLeaveSessionAlone();
      }
      const token = await browser.token();
      expect(token.status).toBe(503);
      expect(jsonOf(token)).toEqual({ error: "unavailable" });
      expect(Number(token.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(token).toLeaveSessionAlone();
      expect(token.ms).toBeLessThan(5_500);
      expect(sessionSeal(browser.jar)).toBe(seal);
      app.outbound.heal();
      const again = await browser.get("/dashboard");
      expect(again.status).toBe(200);
      expect(again).toSetSession();
      expect(again.text).not.toContain("Live data is unavailable");
    },
  );

  it("while the token is still good, nobody notices", async () => {
    const browser = app.browser();
    await signIn(browser, app.person());
    app.outbound.fail("workos", { kind: "refused" }, refresh);
    const page = await browser.get("/dashboard");
    expect(page.status).toBe(200);
    expect(page).toLeaveSessionAlone();
  });

  it("the data of a page comes too, and says what is missing", async () => {
    const browser = someoneLate();
    app.outbound.fail("workos", { kind: "refused" }, refresh);
    const answer = await browser.data("/dashboard");
    expect(answer.status).toBe(200);
    expect(answer).toLeaveSessionAlone();
  });

  it("a form says so, and keeps what was typed", async () => {
    const browser = someoneLate();
    app.outbound.fail("workos", { kind: "status", status: 503 }, refresh);
    const answer = await browser.submit("/profile", { firstName: "Typed first", lastName: "Typed last" });
    expect(answer).toBeSafeHtml(503);
    expect(answer).toSayAlert();
    expect(answer).toLeaveSessionAlone();
    expect(new Page(answer.text).field("First name")?.attributes.value).toBe("Typed first");
  });

  it("a crowd does not storm it", async () => {
    const browser = someoneLate();
    const held = app.outbound.hold("workos", refresh);
    app.outbound.fail("workos", { kind: "status", status: 503 }, refresh);
    const asked = Promise.all(Array.from({ length: 20 }, () => browser.thief().get("/dashboard")));
    await held.arrived;
    await new Promise((resolve) => setTimeout(resolve, 500));
    held.release();
    for (const answer of await asked) expect(answer.status).toBe(200);
    expect(app.outbound.count("workos", refresh)).toBe(1);
  });

  it("is in the log as a warning, or as an error where somebody saw it", async () => {
    const browser = someoneLate();
    app.outbound.fail("workos", { kind: "status", status: 503 }, refresh);
    await browser.get("/dashboard");
    const line = await app.log.line(({ event }) => event === "auth.refresh");
    expect(["warn", "error"]).toContain(line.level);
  });
});

describe("a refresh refused for good", () => {
  const refused = answering(400, { error: "invalid_grant", error_description: "Session has already ended." });

  it("signs out of a page, and says that the session has ended", async () => {
    const browser = someoneLate();
    app.outbound.fail("workos", refused, refresh);
    const answer = await browser.get("/dashboard?a=1");
    expect(answer).toRedirectTo(/^\/login\?.*error=session_expired/);
    expect(answer).toClearSession();
    expect(browser.jar.all().filter(isSessionCookie)).toEqual([]);
    app.outbound.heal();
    const login = await browser.get(
      answer.headers.get("location")?.replace("http://localhost:8787", "") ?? "",
    );
    expect(login).toSayAlert();
  });

  it("signs out of data", async () => {
    const browser = someoneLate();
    app.outbound.fail("workos", refused, refresh);
    const answer = await browser.data("/dashboard");
    expect(answer.status).toBe(202);
    expect(answer.text).toContain("error=session_expired");
    expect(answer).toClearSession();
  });

  it("signs out of the page's Convex client", async () => {
    const browser = someoneLate();
    app.outbound.fail("workos", refused, refresh);
    const answer = await browser.token();
    expect(answer.status).toBe(401);
    expect(jsonOf(answer)).toEqual({ error: "session_expired" });
    expect(answer).toClearSession();
  });

  it("signs out of a form, too", async () => {
    const browser = someoneLate();
    app.outbound.fail("workos", refused, refresh);
    const answer = await browser.submit("/profile", { firstName: "Ann", lastName: "" });
    expect(answer).toRedirectTo(/^\/login\?.*error=session_expired/, answer.status);
    expect([302, 303]).toContain(answer.status);
    expect(answer).toClearSession();
  });

  it("makes a guest of whoever asks for a page for everyone", async () => {
    const browser = someoneLate();
    app.outbound.fail("workos", refused, refresh);
    const answer = await browser.get("/");
    expect([200, 302]).toContain(answer.status);
    expect(answer.text).not.toContain("Welcome back");
    expect(answer).toClearSession();
  });
});

describe("a refreshed session that would be too big", () => {
  it("stays as it was, and the log says so", async () => {
    const browser = someoneLate();
    app.outbound.rewrite("workos", refresh, (body) => ({ ...body, refresh_token: "r".repeat(20_000) }));
    const answer = await browser.get("/dashboard");
    expect(answer.status).toBe(200);
    expect(answer).toLeaveSessionAlone();
    const line = await app.log.line((one) => one.level === "warn" || one.level === "error");
    expect(JSON.stringify(line).length).toBeLessThan(2_000);
  });
});

describe("a HEAD with a token that has run out", () => {
  it("asks nobody and writes nothing", async () => {
    const browser = someoneLate();
    const answer = await browser.send("HEAD", "/dashboard");
    expect(answer.status).toBeLessThan(500);
    expect(answer).toSetNoCookie();
    expect(app.outbound.count("workos", refresh)).toBe(0);
  });

  it("data fetched ahead is 204", async () => {
    const browser = someoneLate();
    const answer = await browser.data("/dashboard", { headers: { "sec-purpose": "prefetch" } });
    expect(answer.status).toBe(204);
    expect(answer).toSetNoCookie();
    expect(app.outbound.count("workos", refresh)).toBe(0);
  });
});

describe("signing out with a token that has run out", () => {
  it.each([
    ["WorkOS up", null],
    ["WorkOS down", { kind: "refused" }],
  ] as [string, Fault | null][])("is final (%s)", async (_what, fault) => {
    const browser = someoneLate();
    const kept = browser.thief();
    const sealed = JSON.stringify(await unseal(sessionSeal(browser.jar), COOKIE_PASSWORD));
    const [sessionId] = /session_\w+/.exec(sealed) ?? [];
    expect(sessionId).toBeDefined();
    if (fault !== null) app.outbound.fail("workos", fault);
    const answer = await browser.get("/api/auth/logout");
    expect(answer.status).toBe(302);
    expect(new URL(answer.headers.get("location") ?? "").searchParams.get("session_id")).toBe(sessionId);
    expect(answer).toClearSession();
    await app.outbound.seen("convex", ({ path }) => path === "/api/mutation", 1, 5_000);
    app.outbound.heal();
    expect((await kept.thief().token()).status).toBe(401);
    expect(await kept.thief().get("/dashboard")).toRedirectTo(/^\/login/);
    expect(jsonOf(await kept.thief().get("/api/auth/session"))).toEqual({ user: null });
  });
});

/** Refresh of an expired token while WorkOS fails, or after it has revoked the session. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Browser, jsonOf } from "./browser.ts";
import { COOKIE_PASSWORD } from "./harness.ts";
import { Page } from "./html.ts";
import { authenticate, type Fault } from "./outbound.ts";
import { isSessionCookie, sessionSeal, unseal } from "./seals.ts";
import { refreshesOf, signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const TOKEN_SECONDS = 2;
const app = startMosaic({ accessTokenSeconds: TOKEN_SECONDS });
const refresh = authenticate("refresh_token");

/** Users who signed in together, so that one wait is enough for all their tokens to expire. */
const waiting: Browser[] = [];
beforeAll(async () => {
  while (waiting.length < 36) {
    const browser = app.browser();
    await signIn(browser, app.person());
    waiting.push(browser);
  }
  await tokensExpire();
}, 60_000);

const tokensExpire = () => new Promise((resolve) => setTimeout(resolve, TOKEN_SECONDS * 1_000 + 100));

/** Returns the browser of a user whose access token has expired. */
function userWithExpiredToken(): Browser {
  const browser = waiting.pop();
  if (browser === undefined) throw new Error("All users are used: sign in more of them first");
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
    ["unavailable (503)", { kind: "status", status: 503, body: "<html>" }],
    ["rate limiting (429)", { kind: "status", status: 429, headers: { "retry-after": "1" } }],
    ["rejecting the client", answering(401, { error: "invalid_client", error_description: "no" })],
    ["rejecting the client in words", answering(400, { error: "Bad Request", code: "invalid_client" })],
    ["rejecting the request", answering(400, { error: "invalid_request", error_description: "no" })],
    ["behind a firewall that answers 403", { kind: "status", status: 403, body: "<html>blocked</html>" }],
    ["behind a proxy that answers 400 in JSON", answering(400, { message: "Bad Request" })],
    ["sending invalid JSON", { kind: "garbage" }],
    ["closing the connection", { kind: "cut" }],
    ["sending an empty object", answering(200, {})],
    ["hanging", { kind: "hang" }],
  ];

  it.each(faults)(
    "(%s) a page renders in time, the session stays, and the next request retries",
    async (_what, fault) => {
      const browser = userWithExpiredToken();
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
      expect(token.headers.get("retry-after")).toBe("5");
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

  it("a page renders normally while the token is valid", async () => {
    const browser = app.browser();
    await signIn(browser, app.person());
    app.outbound.fail("workos", { kind: "refused" }, refresh);
    const page = await browser.get("/dashboard");
    expect(page.status).toBe(200);
    expect(page).toLeaveSessionAlone();
  });

  it("a data request returns 200 and keeps the session", async () => {
    const browser = userWithExpiredToken();
    app.outbound.fail("workos", { kind: "refused" }, refresh);
    const answer = await browser.data("/dashboard");
    expect(answer.status).toBe(200);
    expect(answer).toLeaveSessionAlone();
  });

  it("a form returns 503 with an alert and keeps its input", async () => {
    const browser = userWithExpiredToken();
    app.outbound.fail("workos", { kind: "status", status: 503 }, refresh);
    const answer = await browser.submit("/profile", { firstName: "Typed first", lastName: "Typed last" });
    expect(answer).toBeSafeHtml(503);
    expect(answer).toSayAlert();
    expect(answer).toLeaveSessionAlone();
    expect(new Page(answer.text).field("First name")?.attributes.value).toBe("Typed first");
  });

  it("20 requests at once cause one refresh", async () => {
    const browser = userWithExpiredToken();
    const own = await refreshesOf(browser);
    const held = app.outbound.hold("workos", own);
    app.outbound.fail("workos", { kind: "status", status: 503 }, own);
    const asked = Promise.all(Array.from({ length: 20 }, () => browser.thief().get("/dashboard")));
    await held.arrived;
    await new Promise((resolve) => setTimeout(resolve, 500));
    held.release();
    for (const answer of await asked) expect(answer.status).toBe(200);
    expect(app.outbound.count("workos", own)).toBe(1);
  });

  it("the failed refresh is logged as a warning or an error", async () => {
    const browser = userWithExpiredToken();
    app.outbound.fail("workos", { kind: "status", status: 503 }, refresh);
    await browser.get("/dashboard");
    const line = await app.log.line(({ event }) => event === "auth.refresh");
    expect(["warn", "error"]).toContain(line.level);
  });
});

describe("a refresh that WorkOS rejects", () => {
  it.each([
    [400, { error: "sso_required", error_description: "SSO", connection_ids: ["conn_1"] }],
    [403, { code: "mfa_enrollment", message: "enroll", pending_authentication_token: "pending" }],
    [403, { code: "mfa_challenge", message: "challenge" }],
    [403, { code: "email_verification_required", message: "verify" }],
    [403, { code: "organization_selection_required", message: "choose" }],
    [404, { code: "entity_not_found", message: "User not found" }],
    [422, { code: "Something-New", message: "no" }],
  ])("with %i %o signs out with the error session_expired", async (status, body) => {
    const browser = userWithExpiredToken();
    app.outbound.fail("workos", answering(status, body), refresh);
    const answer = await browser.get("/dashboard");
    expect(answer).toRedirectTo(/^\/login\?.*error=session_expired/);
    expect(answer).toClearSession();
  });
});

describe("a refresh rejected with invalid_grant", () => {
  const rejected = answering(400, {
    error: "invalid_grant",
    error_description: "Session has already ended.",
  });

  it("signs out a page request with the error session_expired", async () => {
    const browser = userWithExpiredToken();
    app.outbound.fail("workos", rejected, refresh);
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

  it("signs out a data request", async () => {
    const browser = userWithExpiredToken();
    app.outbound.fail("workos", rejected, refresh);
    const answer = await browser.data("/dashboard");
    expect(answer.status).toBe(202);
    expect(answer.text).toContain("error=session_expired");
    expect(answer).toClearSession();
  });

  it("signs out a token request", async () => {
    const browser = userWithExpiredToken();
    app.outbound.fail("workos", rejected, refresh);
    const answer = await browser.token();
    expect(answer.status).toBe(401);
    expect(jsonOf(answer)).toEqual({ error: "session_expired" });
    expect(answer).toClearSession();
  });

  it("signs out a form submission", async () => {
    const browser = userWithExpiredToken();
    app.outbound.fail("workos", rejected, refresh);
    const answer = await browser.submit("/profile", { firstName: "Ann", lastName: "" });
    expect(answer).toRedirectTo(/^\/login\?.*error=session_expired/, answer.status);
    expect([302, 303]).toContain(answer.status);
    expect(answer).toClearSession();
  });

  it("shows a public page as to a guest", async () => {
    const browser = userWithExpiredToken();
    app.outbound.fail("workos", rejected, refresh);
    const answer = await browser.get("/");
    expect([200, 302]).toContain(answer.status);
    expect(answer.text).not.toContain("Welcome back");
    expect(answer).toClearSession();
  });
});

describe("a refreshed session that is too large", () => {
  it("is not written, and a warning is logged", async () => {
    const browser = userWithExpiredToken();
    app.outbound.rewrite("workos", refresh, (body) => ({ ...body, refresh_token: "r".repeat(20_000) }));
    const answer = await browser.get("/dashboard");
    expect(answer.status).toBe(200);
    expect(answer).toLeaveSessionAlone();
    const line = await app.log.line((one) => one.level === "warn" || one.level === "error");
    expect(JSON.stringify(line).length).toBeLessThan(2_000);
  });
});

describe("with an expired token", () => {
  it("HEAD does not refresh and sets no cookie", async () => {
    const browser = userWithExpiredToken();
    const answer = await browser.send("HEAD", "/dashboard");
    expect(answer.status).toBeLessThan(500);
    expect(answer).toSetNoCookie();
    expect(app.outbound.count("workos", await refreshesOf(browser))).toBe(0);
  });

  it("a prefetch returns 204 and does not refresh", async () => {
    const browser = userWithExpiredToken();
    const answer = await browser.data("/dashboard", { headers: { "sec-purpose": "prefetch" } });
    expect(answer.status).toBe(204);
    expect(answer).toSetNoCookie();
    expect(app.outbound.count("workos", await refreshesOf(browser))).toBe(0);
  });
});

describe("signing out with an expired token", () => {
  it.each([
    ["WorkOS up", null],
    ["WorkOS down", { kind: "refused" }],
  ] as [string, Fault | null][])("is final (%s)", async (_what, fault) => {
    const browser = userWithExpiredToken();
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

/** Session cookie: invalid values, chunks, password rotation and expiry. */
import { beforeAll, describe, expect, it } from "vitest";
import { type Browser, jsonOf } from "./browser.ts";
import { flowCookies } from "./flow-cookies.ts";
import { COOKIE_PASSWORD } from "./harness.ts";
import { grow, isSessionCookie, SESSION, SESSION_NAMES, seal, sessionSeal, unseal } from "./seals.ts";
import { comeBack, signIn, signInWithLargeSession, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();
const DAY_MS = 86_400_000;

async function emailOf(browser: Browser): Promise<string | null> {
  return (
    jsonOf<{ user: { email: string } | null }>(await browser.get("/api/auth/session")).user?.email ?? null
  );
}

describe("an invalid session cookie", () => {
  const cookies: [string, () => Promise<string> | string][] = [
    ["a word", () => "garbage"],
    ["broken percent-encoding", () => "%E0%A4%A"],
    ["the start of a sealed session", () => "Fe26.2*1*"],
    ["asterisks", () => "Fe26.2*****************"],
    [
      "a forged seal",
      () =>
        `Fe26.2*1*${"a".repeat(64)}*${"b".repeat(22)}*${"c".repeat(200)}**${"d".repeat(64)}*${"e".repeat(43)}~2`,
    ],
    [
      "sealed with another password",
      () => seal({ user: { id: "user_1" } }, "another-password-not-a-secret-00000001"),
    ],
    [
      "an unknown password id",
      async () => (await seal({}, COOKIE_PASSWORD)).replace("Fe26.2*1*", "Fe26.2*9*"),
    ],
    ["__proto__ as password id", async () => (await seal({}, COOKIE_PASSWORD)).replace("*1*", "*__proto__*")],
    ["a sealed empty object", () => seal({}, COOKIE_PASSWORD)],
    ["a sealed list", () => seal([1, 2], COOKIE_PASSWORD)],
    ["a sealed string", () => seal("session", COOKIE_PASSWORD)],
    ["a sealed null", () => seal(null, COOKIE_PASSWORD)],
    ["a sealed object of another shape", () => seal({ user: "ada", accessToken: 7 }, COOKIE_PASSWORD)],
    ["12,000 characters", () => "x".repeat(12_000)],
    ["an unsealed token", () => "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyXzEifQ."],
  ];

  it.each(cookies)("(%s) is cleared, and the browser is signed out", async (_what, make) => {
    const value = await make();
    for (const path of ["/dashboard", "/", "/api/auth/session", "/login"]) {
      const browser = app.browser();
      browser.jar.put(SESSION, value);
      const answer = await browser.get(path);
      if (path === "/dashboard") expect(answer).toRedirectTo(/^\/login/);
      else expect(answer.status).toBe(200);
      expect(answer.text).not.toContain("Welcome back");
      expect(answer).toClearSession();
    }
    const browser = app.browser();
    browser.jar.put(SESSION, value);
    const token = await browser.token();
    expect(token.status).toBe(401);
    expect(jsonOf(token)).toEqual({ error: "signed_out" });
  });

  it("(truncated) is cleared, and the browser is signed out", async () => {
    const browser = app.browser();
    await signIn(browser, app.person());
    const whole = sessionSeal(browser.jar);
    for (const length of [whole.length - 3, whole.length - 40, whole.length >> 1, 20]) {
      browser.jar.put(SESSION, whole.slice(0, length));
      const answer = await browser.get("/dashboard");
      expect(answer).toRedirectTo(/^\/login/);
      expect(answer).toClearSession();
    }
  });

  it("(a flow cookie's value) does not sign in", async () => {
    const browser = app.browser();
    await startFlow(browser);
    const [flow] = flowCookies(browser.jar);
    browser.jar.put(SESSION, flow?.value ?? "");
    expect(await emailOf(browser)).toBeNull();
    expect(await browser.get("/dashboard")).toRedirectTo(/^\/login/);
  });

  it("(a session's value in a flow cookie) is a state mismatch", async () => {
    const browser = app.browser();
    await signIn(browser, app.person());
    const { state } = await startFlow(browser);
    const [flow] = flowCookies(browser.jar);
    browser.jar.put(flow?.name ?? "", sessionSeal(browser.jar), flow?.path);
    const answer = await comeBack(browser, `/callback?code=x&state=${encodeURIComponent(state)}`);
    expect(answer).toRedirectTo(/^\/login\?error=state_mismatch/);
  });

  it("(malformed cookies next to a valid session) are ignored", async () => {
    const browser = app.browser();
    await signIn(browser, app.person());
    const { header } = { header: browser.jar.header("/") };
    for (const extra of ["__proto__=1", "=x", ";;;", "a", 'b="c', "toString=1", `${"x".repeat(4_000)}=1`]) {
      const answer = await browser.get("/dashboard", { headers: { cookie: `${extra}; ${header}` } });
      expect(answer.status, extra).toBe(200);
    }
  });
});

describe("a session in chunks", () => {
  it("works, and sign-out clears all chunks", async () => {
    const browser = app.browser();
    const answer = await signInWithLargeSession(app, browser, 4_500);
    expect(answer).toSetSession();
    const names = browser.jar
      .all()
      .filter(isSessionCookie)
      .map(({ name }) => name);
    expect(names.length).toBeGreaterThan(1);
    expect(names).not.toContain(SESSION);
    for (const cookie of browser.jar.all().filter(isSessionCookie)) {
      expect(`${cookie.name}=${cookie.value}`.length).toBeLessThanOrEqual(4_096);
    }
    expect((await browser.get("/dashboard")).status).toBe(200);
    await browser.post("/api/auth/logout");
    expect(browser.jar.all().filter(isSessionCookie)).toEqual([]);
  });

  it("replaces a session in one cookie, and the reverse", async () => {
    const browser = app.browser();
    const small = app.person();
    await signIn(browser, small);
    await signInWithLargeSession(app, browser, 4_500);
    expect(browser.jar.get(SESSION)).toBeUndefined();
    await signIn(browser, small);
    expect(
      browser.jar
        .all()
        .filter(isSessionCookie)
        .map(({ name }) => name),
    ).toEqual([SESSION]);
    expect(await emailOf(browser)).toBe(small);
  });

  it.each([
    ["first", (names: string[]) => names[0]],
    ["last", (names: string[]) => names.at(-1)],
  ])("is cleared if its %s chunk is missing", async (_what, lost) => {
    const browser = app.browser();
    await signInWithLargeSession(app, browser, 4_500);
    const names = browser.jar
      .all()
      .filter(isSessionCookie)
      .map(({ name }) => name)
      .sort();
    browser.jar.delete(lost(names) ?? "");
    const answer = await browser.get("/dashboard");
    expect(answer).toRedirectTo(/^\/login/);
    expect(browser.jar.all().filter(isSessionCookie)).toEqual([]);
  });

  it("is invalid if it mixes chunks of two users", async () => {
    const [one, other] = [app.browser(), app.browser()];
    await signInWithLargeSession(app, one, 4_500);
    await signInWithLargeSession(app, other, 4_500);
    const last = SESSION_NAMES.filter((name) => other.jar.get(name) !== undefined).at(-1) ?? "";
    one.jar.put(last, other.jar.get(last) ?? "");
    expect(await emailOf(one)).toBeNull();
  });

  it("of more than four chunks is rejected at sign-in, and the previous session stays", async () => {
    const browser = app.browser();
    const email = app.person();
    await signIn(browser, email);
    const answer = await signInWithLargeSession(app, browser, 20_000);
    expect(answer).toRedirectTo(/^\/login\?error=sign_in_failed/);
    expect(answer).toLeaveSessionAlone();
    expect(await emailOf(browser)).toBe(email);
  });
});

describe("password rotation", () => {
  const NEW = "routes-cookie-password-not-a-secret-0002";

  it("unseals with every configured password, seals with the newest, and rejects removed ones", async () => {
    const browser = app.browser();
    const email = app.person();
    await signIn(browser, email);
    const rotated = await app.another({
      WORKOS_COOKIE_PASSWORD: JSON.stringify({ 1: COOKIE_PASSWORD, 2: NEW }),
    });
    expect(await emailOf(browser.at(rotated))).toBe(email);
    const fresh = app.browser(rotated);
    await signIn(fresh, email);
    expect(sessionSeal(fresh.jar)).toMatch(/^Fe26\.2\*2\*/);
    expect(await emailOf(fresh)).toBe(email);
    expect(await emailOf(fresh.at(app.site()))).toBeNull();
    const forgotten = await app.another({ WORKOS_COOKIE_PASSWORD: JSON.stringify({ 2: NEW }) });
    expect(await emailOf(browser.at(forgotten))).toBeNull();
  });
});

describe("a session's lifetime of seven days", () => {
  let browser: Browser;
  beforeAll(() => {
    browser = app.browser();
  });

  it("is over seven days after sign-in, even if the cookie was sealed recently", async () => {
    await signIn(browser, app.person());
    await grow(browser.jar, 7 * DAY_MS + 1_000, COOKIE_PASSWORD);
    const answer = await browser.get("/dashboard");
    expect(answer).toRedirectTo(/^\/login/);
    expect(answer).toClearSession();
    expect((await browser.token()).status).toBe(401);
  });

  it("limits Max-Age to the last minute after six days, 23 hours and 59 minutes", async () => {
    await signIn(browser, app.person());
    await grow(browser.jar, 7 * DAY_MS - 60_000, COOKIE_PASSWORD);
    const answer = await browser.token({ forceRefresh: true });
    expect(answer.status).toBe(200);
    const written = answer.setCookies.filter((cookie) => isSessionCookie(cookie) && !cookie.clears);
    expect(written).not.toEqual([]);
    for (const { maxAge } of written) expect(maxAge).toBeLessThanOrEqual(60);
    const { expiresAt } = jsonOf<{ expiresAt: number }>(await browser.get("/api/auth/session"));
    expect(Math.abs(expiresAt - Date.now() - 60_000)).toBeLessThan(10_000);
  });

  it("is not extended by a refresh", async () => {
    await signIn(browser, app.person());
    const before = jsonOf<{ expiresAt: number }>(await browser.get("/api/auth/session")).expiresAt;
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await browser.token({ forceRefresh: true })).status).toBe(200);
    const after = jsonOf<{ expiresAt: number }>(await browser.get("/api/auth/session")).expiresAt;
    expect(after).toBe(before);
  });
});

describe("the sealed session", () => {
  it("contains the tokens and does not grow with refreshes", async () => {
    const browser = app.browser();
    await signIn(browser, app.person());
    const sealed = await unseal(sessionSeal(browser.jar), COOKIE_PASSWORD);
    const text = JSON.stringify(sealed);
    expect(text).toContain("eyJ");
    const sizes = [text.length];
    for (let turn = 0; turn < 4; turn += 1) {
      expect((await browser.token({ forceRefresh: true })).status).toBe(200);
      sizes.push(JSON.stringify(await unseal(sessionSeal(browser.jar), COOKIE_PASSWORD)).length);
    }
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThan(200);
  });
});

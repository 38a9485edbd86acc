/** Start of a sign-in: the redirect to WorkOS, flow cookies, several tabs and speculative requests. */
import { describe, expect, it } from "vitest";
import { locationOf } from "./browser.ts";
import { flowCookies, isFlowCookie } from "./flow-cookies.ts";
import { APP_URL } from "./matchers.ts";
import { approve, comeBack, signIn, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

describe("GET /api/auth/login", () => {
  it("redirects to WorkOS with all parameters of the flow", async () => {
    const answer = await app.browser().get("/api/auth/login");
    const url = locationOf(answer, APP_URL);
    expect(answer.status).toBe(302);
    expect(`${url?.origin}${url?.pathname}`).toBe(`${app.workosUrl}/user_management/authorize`);
    expect(Object.fromEntries(url?.searchParams ?? [])).toEqual({
      client_id: "client_routes",
      redirect_uri: `${APP_URL}/callback`,
      response_type: "code",
      provider: "authkit",
      state: expect.stringMatching(/^.{16,}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
      screen_hint: "sign-in",
    });
    expect(answer).toBeForOnePerson();
  });

  it.each([
    ["screenHint=sign-up", "screen_hint", "sign-up"],
    ["screenHint=nonsense", "screen_hint", "sign-in"],
    ["loginHint=ada%40example.com", "login_hint", "ada@example.com"],
    ["organizationId=org_123", "organization_id", "org_123"],
    ["invitationToken=token_123", "invitation_token", "token_123"],
    ["connectionId=conn_123", "connection_id", "conn_123"],
    ["screen_hint=sign-up", "screen_hint", "sign-up"],
    ["login_hint=ada%40example.com", "login_hint", "ada@example.com"],
    ["organization_id=org_123", "organization_id", "org_123"],
    ["connection_id=conn_123", "connection_id", "conn_123"],
    ["invitation_token=token_123", "invitation_token", "token_123"],
    ["loginHint=ada%40example.com&login_hint=x", "login_hint", "ada@example.com"],
  ])("passes %s to WorkOS", async (query, name, value) => {
    const { authorizeUrl } = await startFlow(app.browser(), `?${query}`);
    expect(authorizeUrl.searchParams.get(name)).toBe(value);
  });

  it("sends a connection in place of the sign-in page, and an organization in place of a connection", async () => {
    const connection = (await startFlow(app.browser(), "?connectionId=conn_123")).authorizeUrl.searchParams;
    expect([connection.get("provider"), connection.get("screen_hint")]).toEqual([null, null]);
    const query = "?connection_id=conn_123&organization_id=org_123";
    const organization = (await startFlow(app.browser(), query)).authorizeUrl.searchParams;
    expect([organization.get("provider"), organization.get("connection_id")]).toEqual(["authkit", null]);
  });

  it("stores the flow in a sealed HttpOnly cookie that expires within ten minutes", async () => {
    const answer = await app.browser().get("/api/auth/login?returnTo=%2Fprofile");
    const [cookie, ...others] = answer.setCookies.filter((one) => !one.clears);
    expect(others).toEqual([]);
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: expect.stringMatching(/^lax$/i), domain: null });
    expect(cookie?.value).toMatch(/^Fe26\.2/);
    expect(cookie?.maxAge).toBeGreaterThan(0);
    expect(cookie?.maxAge).toBeLessThanOrEqual(600);
  });

  it("creates a new state, challenge and cookie for each flow", async () => {
    const browser = app.browser();
    const [one, two] = [await startFlow(browser), await startFlow(browser)];
    expect(one.state).not.toBe(two.state);
    const challenge = (flow: typeof one) => flow.authorizeUrl.searchParams.get("code_challenge");
    expect(challenge(one)).not.toBe(challenge(two));
    expect(new Set(flowCookies(browser.jar).map(({ name }) => name)).size).toBe(2);
  });

  it("redirects a signed-in user to WorkOS too", async () => {
    const browser = app.browser();
    await signIn(browser, app.person());
    const answer = await browser.get("/api/auth/login");
    expect(answer.status).toBe(302);
    expect(answer).toLeaveSessionAlone();
    expect(locationOf(answer, APP_URL)?.pathname).toBe("/user_management/authorize");
  });

  it("is logged without the user's e-mail", async () => {
    await startFlow(app.browser(), "?loginHint=ada%40example.com");
    const line = await app.log.line(({ event }) => event === "auth.login");
    expect(line).toMatchObject({ level: "info", requestId: expect.any(String) });
  });
});

describe("several tabs", () => {
  it("finish their own sign-ins in any order", async () => {
    const browser = app.browser();
    const first = await startFlow(browser, "?returnTo=%2Fprofile");
    const second = await startFlow(browser.tab(), "?returnTo=%2Fsettings");
    const email = app.person();
    const [toFirst, toSecond] = [await approve(first, email), await approve(second, email)];
    expect(await comeBack(browser.tab(), toSecond)).toRedirectTo("/settings");
    expect(await comeBack(browser, toFirst)).toRedirectTo("/profile");
    expect(flowCookies(browser.jar)).toEqual([]);
  });

  it("keep at most five flows, and clear the oldest", async () => {
    const browser = app.browser();
    const flows = [];
    for (let tab = 0; tab < 8; tab += 1) flows.push(await startFlow(browser));
    expect(flowCookies(browser.jar).length).toBeLessThanOrEqual(5);
    expect(flowCookies(browser.jar).length).toBeGreaterThanOrEqual(4);
    const [oldest, newest] = [flows[0], flows.at(-1)];
    if (oldest === undefined || newest === undefined) throw new Error("No flows");
    expect(await comeBack(browser, await approve(oldest, app.person()))).toRedirectTo(
      /^\/login\?error=state_mismatch/,
    );
    expect(await comeBack(browser, await approve(newest, app.person()))).toRedirectTo("/");
  });

  it("keep at most five flows, even if the browser sends 30 flow cookies", async () => {
    const browser = app.browser();
    const flow = await app.browser().get("/api/auth/login");
    const value = flow.setCookies.find((cookie) => !cookie.clears)?.value ?? "";
    const name = flow.setCookies.find((cookie) => !cookie.clears)?.name ?? "";
    for (let made = 0; made < 30; made += 1) browser.jar.put(`${name.slice(0, -2)}${made + 10}`, value);
    await startFlow(browser);
    expect(flowCookies(browser.jar).length).toBeLessThanOrEqual(5);
  });
});

describe("a speculative request", () => {
  const speculative: Record<string, string>[] = [
    { "sec-purpose": "prefetch" },
    { "sec-purpose": "prefetch;prerender" },
    { purpose: "prefetch" },
  ];

  it.each(speculative)("does not start a flow (%o)", async (headers) => {
    const answer = await app.browser().get("/api/auth/login", { headers });
    expect(answer.status).toBe(204);
    expect(answer).toSetNoCookie();
  });

  it.each(speculative)("does not sign out (%o)", async (headers) => {
    const browser = app.browser();
    await signIn(browser, app.person());
    const answer = await browser.get("/api/auth/logout", { headers });
    expect(answer.status).toBe(204);
    expect(answer).toSetNoCookie();
    expect((await browser.get("/dashboard")).status).toBe(200);
  });

  it.each(speculative)("does not use up the code and the flow (%o)", async (headers) => {
    const browser = app.browser();
    const callback = await approve(await startFlow(browser), app.person());
    const answer = await browser.get(callback, { headers });
    expect(answer.status).toBe(204);
    expect(answer).toSetNoCookie();
    expect(await comeBack(browser, callback)).toRedirectTo("/");
  });

  it.each(["/api/auth/login", "/api/auth/logout", "/callback?code=x&state=y"])(
    "HEAD %s has no effect",
    async (path) => {
      const browser = app.browser();
      await signIn(browser, app.person());
      app.outbound.forget();
      const answer = await browser.send("HEAD", path);
      expect(answer.status).toBeLessThan(500);
      expect(answer).toSetNoCookie();
      expect(app.outbound.requests).toEqual([]);
      expect((await browser.get("/dashboard")).status).toBe(200);
    },
  );

  it("HEAD of a valid callback does not use up the code and the flow", async () => {
    const browser = app.browser();
    const callback = await approve(await startFlow(browser), app.person());
    await browser.send("HEAD", callback);
    expect(browser.jar.all().some(isFlowCookie)).toBe(true);
    expect(await comeBack(browser, callback)).toRedirectTo("/");
  });
});

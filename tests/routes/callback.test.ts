/** Callback from WorkOS: successful sign-ins, the order of the checks, and failures. */
import { describe, expect, it } from "vitest";
import { type Answer, type Browser, jsonOf, locationOf } from "./browser.ts";
import { flowCookies, growFlows } from "./flow-cookies.ts";
import { COOKIE_PASSWORD } from "./harness.ts";
import { APP_URL } from "./matchers.ts";
import { authenticate } from "./outbound.ts";
import { approve, comeBack, signIn, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

/** Signs in a user whose session must survive a second, failing sign-in. */
async function signedIn(): Promise<{ browser: Browser; email: string }> {
  const browser = app.browser();
  const email = app.person();
  await signIn(browser, email);
  return { browser, email };
}

async function emailOf(browser: Browser): Promise<string | null> {
  const session = jsonOf<{ user: { email: string } | null }>(await browser.get("/api/auth/session"));
  return session.user?.email ?? null;
}

const failureOf = (answer: Answer) => locationOf(answer, APP_URL)?.searchParams.get("error");

describe("a valid code", () => {
  it("signs in, syncs the user to Convex before the redirect, and honors returnTo", async () => {
    const browser = app.browser();
    const email = app.person();
    const answer = await signIn(browser, email, "?returnTo=%2Fprofile%3Fa%3D1");
    expect(answer).toRedirectTo("/profile?a=1");
    expect(answer).toBeForOnePerson();
    expect(answer.setCookies.find(({ name }) => name === "wos-session")?.maxAge).toBe(604_800);
    expect(app.outbound.count("convex")).toBeGreaterThanOrEqual(1);
    const { token } = jsonOf<{ token: string }>(await browser.token());
    expect(await (await app.convex("query", "users:viewer", {}, token)).json()).toMatchObject({
      value: { email },
    });
  });

  it("redirects to the home page without a returnTo", async () => {
    expect(await signIn(app.browser(), app.person())).toRedirectTo("/");
  });

  it("of another user replaces the session", async () => {
    const { browser } = await signedIn();
    const other = app.person();
    await signIn(browser, other);
    expect(await emailOf(browser)).toBe(other);
  });

  it("that arrives in two tabs at once signs in once and keeps the session", async () => {
    const browser = app.browser();
    const email = app.person();
    const callback = await approve(await startFlow(browser), email);
    const answers = await Promise.all([comeBack(browser.tab(), callback), comeBack(browser.tab(), callback)]);
    for (const answer of answers) expect(answer.status).toBe(302);
    expect(answers.filter((answer) => answer.headers.get("location") === "/")).toHaveLength(1);
    expect(await emailOf(browser)).toBe(email);
  });

  it("is logged, and so is the sync", async () => {
    await signIn(app.browser(), app.person());
    expect(await app.log.line(({ event }) => event === "auth.callback")).toMatchObject({ level: "info" });
    expect(await app.log.line(({ event }) => event === "sync.user")).toMatchObject({ level: "info" });
  });

  it("signs in while Convex is down, and syncs the user once Convex answers", async () => {
    const browser = app.browser();
    const email = app.person();
    app.outbound.fail("convex", { kind: "refused" });
    const answer = await signIn(browser, email);
    expect(answer).toRedirectTo("/");
    expect(answer.ms).toBeLessThan(5_000);
    app.outbound.heal();
    const page = await browser.get("/dashboard");
    expect(page.status).toBe(200);
    const { token } = jsonOf<{ token: string }>(await browser.token());
    await expect
      .poll(async () => (await (await app.convex("query", "users:viewer", {}, token)).json()) as unknown, {
        timeout: 5_000,
      })
      .toMatchObject({ value: { email } });
  });

  it("signs in within five seconds while Convex hangs", async () => {
    const browser = app.browser();
    app.outbound.fail("convex", { kind: "hang" });
    const answer = await signIn(browser, app.person());
    expect(answer).toRedirectTo("/");
    expect(answer.ms).toBeLessThan(5_300);
  });

  it("signs in when WorkOS takes 800 ms", async () => {
    app.outbound.fail("workos", { kind: "slow", ms: 800 }, authenticate());
    expect(await signIn(app.browser(), app.person())).toRedirectTo("/");
  });
});

describe("the order of the checks", () => {
  it.each([
    ["error=access_denied", "access_denied"],
    ["error=access_denied&code=abc", "access_denied"],
    ["error=server_error&error_description=Secret+%3Cb%3Edetail", "sign_in_failed"],
    ["", "missing_code"],
    ["code=", "missing_code"],
    ["code=abc", "started_elsewhere"],
    ["code=abc&state=", "state_mismatch"],
    ["code=abc&state=never-made", "state_mismatch"],
    ["code=abc&state=..%2F..%2Fx%3Bpath%3D%2F", "state_mismatch"],
    [`code=abc&state=${"s".repeat(5_000)}`, "state_mismatch"],
    ["code=a&code=b&state=c&state=d", "state_mismatch"],
  ])("?%s redirects with the error %s", async (query, error) => {
    const { browser, email } = await signedIn();
    const answer = await comeBack(browser, `/callback?${query}`);
    expect(answer).toRedirectTo(/^\/login\?error=/);
    expect(failureOf(answer)).toBe(error);
    expect(answer).toLeaveSessionAlone();
    expect(answer).toBeForOnePerson();
    expect(await emailOf(browser)).toBe(email);
    expect(
      await browser.get(`${locationOf(answer, APP_URL)?.pathname}${locationOf(answer, APP_URL)?.search}`),
    ).toSayAlert();
  });

  it.each(["error=access_denied", "error=server_error", ""])(
    "?%s clears its flow and keeps returnTo",
    async (query) => {
      const browser = app.browser();
      const { state } = await startFlow(browser, "?returnTo=%2Fprofile");
      const answer = await comeBack(browser, `/callback?${query}&state=${encodeURIComponent(state)}`);
      expect(flowCookies(browser.jar)).toEqual([]);
      expect(locationOf(answer, APP_URL)?.searchParams.get("returnTo")).toBe("/profile");
    },
  );

  it("does not call WorkOS if the state belongs to another browser", async () => {
    const flow = await startFlow(app.browser());
    const callback = await approve(flow, app.person());
    app.outbound.forget();
    const victim = app.browser();
    await startFlow(victim);
    const answer = await comeBack(victim, callback);
    expect(failureOf(answer)).toBe("state_mismatch");
    expect(app.outbound.count("workos", authenticate())).toBe(0);
    expect(await emailOf(victim)).toBeNull();
  });

  it("a replayed callback is a state mismatch and keeps the session", async () => {
    const browser = app.browser();
    const email = app.person();
    const callback = await approve(await startFlow(browser), email);
    await comeBack(browser, callback);
    const again = await comeBack(browser, callback);
    expect(failureOf(again)).toBe("state_mismatch");
    expect(again).toLeaveSessionAlone();
    expect(await emailOf(browser)).toBe(email);
  });

  it("a flow older than ten minutes is a state mismatch, even if the browser kept its cookie", async () => {
    const browser = app.browser();
    const callback = await approve(await startFlow(browser), app.person());
    await growFlows(browser.jar, 601_000, COOKIE_PASSWORD);
    expect(failureOf(await comeBack(browser, callback))).toBe("state_mismatch");
  });

  it("a damaged flow cookie is a state mismatch", async () => {
    const browser = app.browser();
    const callback = await approve(await startFlow(browser), app.person());
    for (const { name, value, path } of flowCookies(browser.jar))
      browser.jar.put(name, value.slice(0, -9), path);
    expect(failureOf(await comeBack(browser, callback))).toBe("state_mismatch");
  });

  it("a browser without cookies gets an explanation instead of a redirect loop", async () => {
    const browser = app.browser();
    const callback = await approve(await startFlow(browser), app.person());
    browser.jar.clear();
    const answer = await comeBack(browser, callback);
    expect(failureOf(answer)).toBe("state_mismatch");
    const location = locationOf(answer, APP_URL);
    browser.jar.clear();
    expect(await browser.get(`${location?.pathname}${location?.search}`)).toSayAlert(/cookies/i);
  });
});

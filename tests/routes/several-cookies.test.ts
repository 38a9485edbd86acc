/** Several session cookies in one request: a parent domain or another path can set one of the same name. */
import { describe, expect, it } from "vitest";
import { type Answer, type Browser, jsonOf } from "./browser.ts";
import { signIn, signInWithLargeSession } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

const emailOf = async (browser: Browser) =>
  jsonOf<{ user: { email: string } | null }>(await browser.get("/api/auth/session")).user?.email ?? null;

describe("several cookies of one name", () => {
  /** Sends the cookies of several browsers, as one browser does if another site of the domain set some. */
  const withCookies = (browser: Browser, ...cookies: string[]) =>
    browser.get("/api/auth/session", { headers: { cookie: cookies.join("; ") } });
  const emailIn = (answer: Answer) => jsonOf<{ user: { email: string } | null }>(answer).user?.email ?? null;

  it("sign in with the one that opens, in any order, and none is cleared", async () => {
    const browser = app.browser();
    const email = app.person();
    await signIn(browser, email);
    const good = browser.jar.header("/") ?? "";
    for (const header of [
      ["wos-session=stale", good],
      [good, "wos-session=stale"],
      ["wos-session=", "wos-session=%E0", good],
    ]) {
      const answer = await withCookies(browser, ...header);
      expect(emailIn(answer)).toBe(email);
      expect(answer).toSetNoCookie();
    }
    const page = await browser.get("/dashboard", { headers: { cookie: `wos-session=stale; ${good}` } });
    expect(page.status).toBe(200);
  });

  it("count by the last refresh, and different users are logged", async () => {
    const [one, two] = [app.browser(), app.browser()];
    const email = app.person();
    await signIn(one, app.person());
    await signIn(two, email);
    const headers = [one.jar.header("/") ?? "", two.jar.header("/") ?? ""];
    expect(emailIn(await withCookies(one, ...headers))).toBe(email);
    expect(emailIn(await withCookies(one, ...headers.reverse()))).toBe(email);
    expect(await app.log.line(({ event }) => event === "auth.cookies")).toMatchObject({ level: "warn" });
  });

  it("are cleared if none opens", async () => {
    const answer = await withCookies(app.browser(), "wos-session=a", "wos-session=b");
    expect(emailIn(answer)).toBeNull();
    expect(answer).toClearSession();
  });

  it("are tried for each chunk", async () => {
    const browser = app.browser();
    await signInWithLargeSession(app, browser, 4_500);
    const email = await emailOf(browser);
    const good = browser.jar.header("/") ?? "";
    for (const extra of [
      "wos-session.0=stale",
      "wos-session.1=stale",
      "wos-session.2=stale",
      "wos-session=stale",
    ]) {
      expect(emailIn(await withCookies(browser, extra, good)), extra).toBe(email);
      expect(emailIn(await withCookies(browser, good, extra)), extra).toBe(email);
    }
  });
});

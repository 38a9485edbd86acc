/** Sessions page: lists the user's sessions and revokes them without JavaScript. */
import { describe, expect, it } from "vitest";
import { type Browser, jsonOf, locationOf } from "./browser.ts";
import { elements, Page, textOf } from "./html.ts";
import { APP_URL } from "./matchers.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

/** Signs a user in with several browsers; the last sign-in comes first. */
async function signInWithBrowsers(count: number): Promise<Browser[]> {
  const email = app.person();
  const browsers: Browser[] = [];
  for (let made = 0; made < count; made += 1) {
    const browser = app.browser();
    await signIn(browser, email);
    browsers.unshift(browser);
  }
  return browsers;
}

const PATH = "/settings/sessions";

async function list(browser: Browser): Promise<Page> {
  const answer = await browser.get(PATH);
  expect(answer).toBeSafeHtml();
  return new Page(answer.text);
}

const entries = (page: Page) =>
  page
    .all(({ tag }) => tag === "li" || tag === "tr")
    .filter((entry) => /This device|Revoke/.test(textOf(entry)));

describe("the sessions page", () => {
  it("lists every session, and marks this device exactly once", async () => {
    const [browser] = await signInWithBrowsers(3);
    if (browser === undefined) throw new Error("Nobody");
    const page = await list(browser);
    expect(entries(page)).toHaveLength(3);
    expect(textOf(page.root).split("This device")).toHaveLength(2);
  });

  it("does not list sessions of other users", async () => {
    await signInWithBrowsers(2);
    const [browser] = await signInWithBrowsers(1);
    if (browser === undefined) throw new Error("Nobody");
    expect(entries(await list(browser))).toHaveLength(1);
  });

  it("revokes another session at once", async () => {
    const [browser, other] = await signInWithBrowsers(2);
    if (browser === undefined || other === undefined) throw new Error("Nobody");
    const page = await list(browser);
    const entry = entries(page).find((one) => !textOf(one).includes("This device"));
    const button = [...elements(entry ?? page.root)].find(
      (one) => one.tag === "button" && /^Revoke/.test(textOf(one)),
    );
    const form = button === undefined ? undefined : page.formOf(button);
    const answer = await browser.submit(form?.action || PATH, form?.fields ?? {});
    expect(answer.status).toBe(303);
    expect(locationOf(answer, APP_URL)?.pathname).toBe(PATH);
    expect(await other.get("/dashboard")).toRedirectTo(/^\/login\?.*error=session_revoked/);
    expect((await browser.get("/dashboard")).status).toBe(200);
    expect(entries(await list(browser))).toHaveLength(1);
  });

  it("revokes all other sessions with one button", async () => {
    const [browser, ...others] = await signInWithBrowsers(4);
    if (browser === undefined) throw new Error("Nobody");
    const form = (await list(browser)).form("Revoke all others");
    expect((await browser.submit(form?.action || PATH, form?.fields ?? {})).status).toBe(303);
    for (const other of others) expect(await other.get("/dashboard")).toRedirectTo(/error=session_revoked/);
    expect((await browser.get("/dashboard")).status).toBe(200);
  });

  it("does not revoke another user's session with a forged form", async () => {
    const [browser] = await signInWithBrowsers(2);
    const [victim] = await signInWithBrowsers(1);
    if (browser === undefined || victim === undefined) throw new Error("Nobody");
    const { sessionId } = jsonOf<{ sessionId: string }>(await victim.get("/api/auth/session"));
    const { sessionId: own } = jsonOf<{ sessionId: string }>(await browser.get("/api/auth/session"));
    const page = await list(browser);
    for (const button of page.tags("button").filter((one) => /^Revoke/.test(textOf(one)))) {
      const form = page.formOf(button);
      const fields = Object.entries(form?.fields ?? {});
      const forged = fields.map(([name, value]) => [
        name,
        /^session_/.test(value) && value !== own ? sessionId : value,
      ]);
      if (!forged.some(([, value]) => value === sessionId)) continue;
      const answer = await browser.submit(form?.action || PATH, Object.fromEntries(forged));
      expect(answer.status).toBeGreaterThanOrEqual(303);
      expect(answer.status).toBeLessThan(500);
    }
    expect((await victim.get("/dashboard")).status).toBe(200);
  });

  it("renders while WorkOS hangs", async () => {
    const [browser] = await signInWithBrowsers(1);
    if (browser === undefined) throw new Error("Nobody");
    app.outbound.fail("workos", { kind: "hang" });
    const half = await browser.get(PATH);
    expect(half).toBeSafeHtml();
    expect(half.ms).toBeLessThan(3_000);
  });
});

/** Sign-in methods of WorkOS: second factor, single sign-on, organizations and impersonation. */
import { expect, it } from "vitest";
import { type Browser, jsonOf } from "./browser.ts";
import { elements, Page, textOf } from "./html.ts";
import { comeBack, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

type Step = { callback: string | null; page: Page };

/** Submits a form of WorkOS's sign-in page. */
async function submitAtWorkOS(authorizeUrl: URL, form: Record<string, string>): Promise<Step> {
  const answer = await fetch(authorizeUrl, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams(form),
  });
  const location = answer.headers.get("location");
  const back = location === null ? null : new URL(location);
  return { callback: back && `${back.pathname}${back.search}`, page: new Page(await answer.text()) };
}

async function organizationOf(browser: Browser): Promise<string | null> {
  const session = await browser.get("/api/auth/session");
  return jsonOf<{ organizationId: string | null }>(session).organizationId;
}

it("a sign-in with a second factor succeeds", async () => {
  const browser = app.browser();
  const { authorizeUrl } = await startFlow(browser, "?returnTo=/profile");
  const { page, callback } = await submitAtWorkOS(authorizeUrl, { email: app.person(), way: "mfa" });
  expect(callback).toBeNull();
  const token = page.all(({ attributes }) => attributes.name === "second_factor_token")[0]?.attributes.value;
  const done = await submitAtWorkOS(authorizeUrl, { second_factor_token: token ?? "", code: "123456" });
  expect(await comeBack(browser, done.callback ?? "")).toRedirectTo("/profile");
  expect((await browser.get("/dashboard")).status).toBe(200);
});

it("a single sign-on succeeds and selects its organization", async () => {
  const browser = app.browser();
  const { authorizeUrl } = await startFlow(browser);
  const { callback } = await submitAtWorkOS(authorizeUrl, { email: app.person(), way: "sso" });
  expect(await comeBack(browser, callback ?? "")).toSetSession();
  expect(await organizationOf(browser)).toMatch(/^org_/);
  expect((await browser.get("/dashboard")).status).toBe(200);
});

it("a sign-in for an organization gets a token for it", async () => {
  const browser = app.browser();
  const acme = "org_01LOCALACME000000000000000";
  const { authorizeUrl } = await startFlow(browser, `?organizationId=${acme}&loginHint=grace@example.com`);
  expect(authorizeUrl.searchParams.get("organization_id")).toBe(acme);
  expect(authorizeUrl.searchParams.get("login_hint")).toBe("grace@example.com");
  const { callback } = await submitAtWorkOS(authorizeUrl, { email: "grace@example.com" });
  expect(await comeBack(browser, callback ?? "")).toSetSession();
  expect(await organizationOf(browser)).toBe(acme);
});

it("an impersonator is shown on every page and in the log, and cannot delete the account", async () => {
  const browser = app.browser();
  const { authorizeUrl } = await startFlow(browser);
  const email = app.person();
  const { callback } = await submitAtWorkOS(authorizeUrl, { email, way: "impersonated" });
  await comeBack(browser, callback ?? "");
  for (const path of ["/", "/dashboard", "/settings"]) {
    const page = new Page((await browser.get(path)).text);
    const banner = page.tags("aside").map(textOf).join();
    expect(banner, path).toContain(`You are acting as ${email}`);
    expect(page.link("Stop")?.attributes.href, path).toBe("/api/auth/logout");
  }
  const activity = new Page((await browser.get("/settings/activity")).text);
  const [entry] = activity
    .tags("main")
    .flatMap((main) => [...elements(main)].filter(({ tag }) => tag === "li"));
  expect(entry && textOf(entry)).toMatch(/^Signed in by support@example\.com/);
  const refused = await browser.submit("/settings/account", { confirm: "yes" });
  expect(refused).toBeSafeHtml(403);
  expect(refused).toSayAlert("Only the person themselves");
  const file = await browser.get("/settings/account/export");
  expect(file.status).toBe(403);
  expect(file.text).toContain("You are acting as another user");
  const others = await browser.submit("/settings/sessions", { intent: "others" });
  expect(others.status).toBe(403);
  expect(others).toSayAlert("You are acting as another user");
});

/** Account deletion at WorkOS and in Convex, including failures of either. */
import { describe, expect, it } from "vitest";
import type { Browser } from "./browser.ts";
import { tokenOf, whoIs } from "./browser.ts";
import { Page } from "./html.ts";
import { calls } from "./outbound.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

async function signInUser(email = app.person()): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, email);
  return browser;
}

/** Returns the user at WorkOS, or null if there is none. */
async function atWorkOS(userId: string | undefined): Promise<object | null> {
  const response = await fetch(`${app.workosUrl}/user_management/users/${userId}`, {
    headers: { authorization: `Bearer ${app.env.WORKOS_API_KEY}` },
  });
  return response.ok ? ((await response.json()) as object) : null;
}

/** Opens the account page, ticks the checkbox and submits the form. */
async function deleteAccount(browser: Browser) {
  const page = new Page((await browser.get("/settings/account")).text);
  const form = page.form("Delete my account");
  return browser.submit(form?.action || "/settings/account", { ...form?.fields, confirm: "yes" });
}

describe("deleting the account", () => {
  it("requires a confirmation", async () => {
    const browser = await signInUser();
    const form = new Page((await browser.get("/settings/account")).text).form("Delete my account");
    const answer = await browser.submit(form?.action || "/settings/account", form?.fields ?? {});
    expect(answer).toBeSafeHtml(400);
    const page = new Page(answer.text);
    const box = page.all(({ attributes }) => attributes.type === "checkbox")[0];
    expect(box?.attributes["aria-invalid"]).toBe("true");
    expect(box && page.description(box)).toMatch(/\w/);
    expect((await whoIs(browser)).user).not.toBeNull();
  });

  it("deletes the user at WorkOS and in Convex, and revokes every session", async () => {
    const email = app.person();
    const [browser, other] = [await signInUser(email), await signInUser(email)];
    const kept = browser.thief();
    await browser.submit("/dashboard", { name: "Left behind" }); // agents:line
    const token = await tokenOf(other);
    const { user } = await whoIs(browser);
    const answer = await deleteAccount(browser);
    expect(answer).toRedirectTo("/", 303);
    expect(answer).toClearSession();
    expect(await atWorkOS(user?.id)).toBeNull();
    expect((await browser.get("/")).text).toContain("Welcome, guest!");
    for (const one of [other, kept]) {
      expect((await one.thief().token()).status).toBe(401);
      expect(await one.get("/dashboard")).toRedirectTo(/^\/login/);
    }
    const refused = await app.convex("query", "users:viewer", {}, token);
    expect(await refused.text()).toContain("unauthenticated");
    const admin = await tokenOf(await signInUser("ada@example.com"));
    const row = await app.convex("query", "users:getByWorkOSId", { workosUserId: user?.id }, admin);
    expect(await row.json()).toMatchObject({ value: { status: "deleted", email: "" } });
  });

  it("is rejected with a reason for the last admin", async () => {
    const browser = await signInUser("ada@example.com");
    const answer = await deleteAccount(browser);
    expect(answer).toBeSafeHtml(400);
    expect(answer).toSayAlert("last admin");
    const { user } = await whoIs(browser);
    expect(user).not.toBeNull();
    expect(await atWorkOS(user?.id)).not.toBeNull();
  });

  it.each([
    ["workos", "refused"],
    ["workos", "hang"],
    ["convex", "refused"],
    ["convex", "hang"],
  ] as const)("returns 503 while %s is down (%s), and succeeds when repeated", async (upstream, kind) => {
    const browser = await signInUser();
    const { user } = await whoIs(browser);
    app.outbound.fail(upstream, { kind });
    const answer = await deleteAccount(browser);
    expect(answer).toBeSafeHtml(503);
    expect(answer).toSayAlert();
    expect(answer.ms).toBeLessThan(3_000);
    expect(answer).toLeaveSessionAlone();
    expect(await atWorkOS(user?.id)).not.toBeNull();
    app.outbound.heal();
    expect((await browser.get("/dashboard")).status).toBe(200);
    expect(await deleteAccount(browser)).toRedirectTo("/", 303);
  });

  it("is safe to repeat if Convex fails after WorkOS has deleted the user", async () => {
    const browser = await signInUser();
    const { user } = await whoIs(browser);
    app.outbound.fail("convex", { kind: "refused" }, calls("edge:accountDeleted"));
    expect((await deleteAccount(browser)).status).toBe(503);
    expect(await atWorkOS(user?.id)).toBeNull();
    app.outbound.heal();
    expect(await deleteAccount(browser)).toRedirectTo("/", 303);
    expect((await whoIs(browser)).user).toBeNull();
  });

  it("rejects guests and other sites", async () => {
    const guest = await app.browser().submit("/settings/account", { confirm: "yes" });
    expect(guest).toRedirectTo(/^\/login/);
    const browser = await signInUser();
    const headers = { origin: "https://evil.example" };
    expect((await browser.post("/settings/account", { form: { confirm: "yes" }, headers })).status).toBe(403);
    expect((await whoIs(browser)).user).not.toBeNull();
  });
});

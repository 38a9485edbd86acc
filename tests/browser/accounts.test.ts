import { text } from "node:stream/consumers";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { alert, banner, heading, said, shows, untilHydrated, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();

/** A revocation must take effect everywhere within this time. */
const SOON_MS = 5_000;

const entries = (page: Page) => page.getByRole("main").getByRole("listitem");
const otherSessions = (page: Page) => entries(page).filter({ hasNotText: "This device" });
const revoke = (page: Page) =>
  otherSessions(page).first().getByRole("button", { name: "Revoke", exact: true });

/** Revokes all other sessions of the user, so that the test starts with one. */
async function endOthers(list: Page): Promise<void> {
  await untilHydrated(list);
  if ((await otherSessions(list).count()) === 0) return;
  await list.getByRole("button", { name: "Revoke all others", exact: true }).click();
  await expect.poll(() => entries(list).count(), { timeout: 10_000 }).toBe(1);
}

async function signedOut(page: Page): Promise<void> {
  await banner(page).signIn.waitFor({ timeout: SOON_MS });
  expect(await banner(page).signOut.count()).toBe(0);
}

test("a session revoked on another device is signed out in its open tab, which says why, and on its next page", async () => {
  const email = "rosalind@example.com";
  const desk = await stage.signedIn(email);
  const list = await desk.open("/settings/sessions");
  await endOthers(list);
  // Two browsers, because only the first response after the end can say why: it clears the cookie.
  const [phone, tablet] = [await stage.signedIn(email), await stage.signedIn(email)];
  const [dashboard, home] = [await phone.open("/dashboard"), await tablet.open("/")];
  for (const page of [list, dashboard, home]) await untilLive(page);
  await expect.poll(() => entries(list).count(), { timeout: 10_000 }).toBe(3);
  expect(await list.getByText("This device", { exact: true }).count()).toBe(1);
  for (const device of [phone, tablet]) device.allow(/401 \(Unauthorized\)/);
  await revoke(list).click();
  await expect.poll(() => entries(list).count()).toBe(2);
  await revoke(list).click();
  await Promise.all([signedOut(dashboard), signedOut(home)]);
  await shows(alert(dashboard), "This session was ended");
  for (const page of [dashboard, home]) expect(await page.content()).not.toContain(email);
  await shows(heading(home), "Welcome, guest!");
  await said(list, "Session revoked");
  await expect.poll(() => entries(list).count()).toBe(1);
  expect(await phone.html("/settings/sessions")).toContain("Sign in");
  await banner(list).signOut.waitFor();
  // The message stays while the page reloads its data for a new session.
  await stage.signedIn(email);
  await expect.poll(() => entries(list).count(), { timeout: 10_000 }).toBe(2);
  await said(list, "Session revoked");
});

test("unsaved input is discarded when another user signs in", async () => {
  const visitor = await stage.signedIn("ada@example.com");
  const [profile, dashboard] = [await visitor.open("/profile"), await visitor.open("/dashboard")];
  for (const page of [profile, dashboard]) await untilLive(page);
  await profile.getByLabel("Last name", { exact: true }).fill("A draft of Ada’s");
  await dashboard.getByLabel("Project name", { exact: true }).fill("A secret of Ada’s"); // agents:line
  await visitor.signIn("grace@example.com");
  await (await visitor.open("/settings")).bringToFront();
  for (const page of [profile, dashboard]) await page.getByRole("banner").getByText("Grace").waitFor();
  expect(await profile.getByLabel("Last name", { exact: true }).inputValue()).toBe("Hopper");
  expect(await dashboard.getByLabel("Project name", { exact: true }).inputValue()).toBe(""); // agents:line
});

test("a sign-in on another device shows live in the sessions, the activity and the audit log", async () => {
  const desk = await stage.signedIn("ada@example.com");
  const [sessions, activity, log] = [
    await desk.open("/settings/sessions"),
    await desk.open("/settings/activity"),
    await desk.open("/admin/audit?event=login"),
  ];
  for (const page of [sessions, activity, log]) await untilLive(page);
  const counted = await Promise.all([sessions, activity, log].map((page) => entries(page).count()));
  await stage.signedIn("ada@example.com");
  for (const [index, page] of [sessions, activity, log].entries()) {
    await expect.poll(() => entries(page).count(), { timeout: 3_000 }).toBe((counted[index] ?? 0) + 1);
  }
  await shows(entries(activity).first(), /Signed in.*on Linux/);
  await shows(entries(log).first(), /Signed in.*Ada Lovelace/);
  await sessions.getByRole("button", { name: "Revoke all others", exact: true }).click();
  await expect.poll(() => entries(sessions).count()).toBe(1);
  await shows(activity.getByRole("main"), "Session revoked");
});

test("the audit log keeps its filter in the URL, and downloads as CSV", async () => {
  const page = await (await stage.signedIn("ada@example.com")).open("/admin/audit");
  await untilLive(page);
  await page.getByLabel("Event", { exact: true }).selectOption("Signed out");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  await page.waitForURL(/event=logout/);
  await expect.poll(() => entries(page).filter({ hasText: "Signed in" }).count()).toBe(0);
  await page.goto("/admin/audit");
  await entries(page).getByRole("link", { name: "Ada Lovelace" }).first().click();
  await page.waitForURL(/userId=/);
  await page.getByText("About Ada Lovelace").waitFor();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Download CSV", exact: true }).click(),
  ]);
  const csv = await text(await download.createReadStream());
  expect(csv).toMatch(/^timestamp,event,userId/);
  expect(csv).toContain(",login,");
});

test("a user exports their data and deletes their account, and every tab is signed out", async () => {
  const desk = await stage.signedIn("dorothy@example.com");
  const phone = await stage.signedIn("dorothy@example.com");
  const elsewhere = await phone.open("/dashboard");
  const page = await desk.open("/settings/account");
  await untilLive(elsewhere);
  await untilLive(page);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Export my data", exact: true }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/\.json$/);
  expect(JSON.parse(await text(await download.createReadStream()))).toMatchObject({
    profile: { email: "dorothy@example.com" },
  });
  for (const visitor of [desk, phone]) visitor.allow(/401 \(Unauthorized\)/);
  await page.getByRole("button", { name: "Delete my account", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Delete your account?" });
  await dialog.getByRole("button", { name: "Cancel", exact: true }).click();
  await banner(page).signOut.waitFor();
  await page.getByRole("button", { name: "Delete my account", exact: true }).click();
  await dialog.getByRole("button", { name: "Delete my account", exact: true }).click();
  await shows(heading(page), "Welcome, guest!");
  await said(page, "Your account has been deleted.");
  await signedOut(page);
  await signedOut(elsewhere);
});

test("the message about the deleted account shows even if the sign-out arrives during the navigation", async () => {
  const visitor = await stage.signedIn("mary@example.com");
  visitor.allow(/401 \(Unauthorized\)/);
  const page = await visitor.open("/settings/account");
  await untilLive(page);
  const leaving = Promise.withResolvers<void>();
  await page.route("**/healthz", async (route) => {
    await leaving.promise;
    await route.fallback();
  });
  // Delays the worker's answer until after the sign-out.
  await page.route(
    (url) => url.pathname === "/_.data",
    async (route) => {
      const response = await route.fetch();
      leaving.resolve();
      await new Promise((late) => setTimeout(late, 1_500));
      await route.fulfill({ response }).catch(() => undefined);
    },
  );
  await page.getByRole("button", { name: "Delete my account", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Delete your account?" });
  await dialog.getByRole("button", { name: "Delete my account", exact: true }).click();
  await shows(heading(page), "Welcome, guest!");
  await said(page, "Your account has been deleted.");
});

test("the last admin cannot delete their account, and the page says why", async () => {
  const visitor = await stage.signedIn("ada@example.com");
  visitor.allow(/400 \(Bad Request\)/);
  const page = await visitor.open("/settings/account");
  await untilHydrated(page);
  await page.getByRole("button", { name: "Delete my account", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Delete my account", exact: true }).click();
  await shows(alert(page), "last admin");
  expect(await dialog.count()).toBe(0);
});

test("a user switches organizations, and follows a link to sign in if the organization requires it", async () => {
  const page = await (await stage.signedIn("ada@example.com")).open("/settings/organization");
  await page.getByRole("button", { name: "Switch to Acme", exact: true }).click();
  await shows(entries(page).filter({ hasText: "Acme" }), "Current");
  await page.getByRole("button", { name: "Switch to Globex", exact: true }).click();
  await page.getByRole("link", { name: "Sign in to Globex", exact: true }).click();
  await page.getByRole("button", { name: "ada@example.com" }).first().click();
  await expect.poll(() => new URL(page.url()).pathname, { timeout: 10_000 }).toBe("/settings/organization");
  await shows(entries(page).filter({ hasText: "Globex" }), "Current");
});

test("without JavaScript a user revokes sessions and deletes their account", async () => {
  const javaScriptEnabled = false;
  const email = "hedy@example.com";
  const visitor = await stage.signedIn(email, { javaScriptEnabled });
  await stage.signedIn(email);
  const page = await visitor.open("/settings/sessions");
  await revoke(page).click();
  await said(page, "Session revoked");
  expect(await entries(page).count()).toBe(1);
  await page.goto("/settings/account");
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Delete my account", exact: true }).click();
  await shows(heading(page), "Welcome, guest!");
});

test("a tab whose session is revoked while it is offline keeps its page until it is online again", async () => {
  const email = "emmy@example.com";
  const desk = await stage.signedIn(email);
  const phone = await stage.signedIn(email);
  phone.allow(/ERR_INTERNET_DISCONNECTED|401 \(Unauthorized\)/);
  const page = await phone.open("/profile");
  await untilLive(page);
  await phone.setOffline(true);
  await page.getByRole("contentinfo").getByText("Offline", { exact: true }).waitFor();
  await page.getByLabel("First name", { exact: true }).fill("Half typed");
  const list = await desk.open("/settings/sessions");
  await revoke(list).click();
  await said(list, "Session revoked");
  await expect.poll(() => entries(list).count()).toBe(1);
  expect(await page.getByLabel("First name", { exact: true }).inputValue()).toBe("Half typed");
  await phone.setOffline(false);
  await signedOut(page);
});

test("a reconnected tab shows Live only after its session is confirmed", async () => {
  const visitor = await stage.signedIn("lise@example.com");
  visitor.allow(/WebSocket|ERR_CONNECTION|401 \(Unauthorized\)/);
  const page = await visitor.open("/profile");
  await untilLive(page);
  await stage.stack().stopConvex();
  await page.getByText("Live data is unavailable").first().waitFor();
  await visitor.html("/api/auth/logout"); // without a message to the tab
  const mark = page.getByRole("contentinfo");
  await mark.evaluate((footer) => {
    const look = () => {
      const isLive = [...footer.querySelectorAll("span")].some((words) => words.textContent === "Live");
      if (isLive) footer.setAttribute("data-was-live", "yes");
    };
    new MutationObserver(look).observe(footer, { subtree: true, childList: true, characterData: true });
  });
  await stage.stack().startConvex();
  await banner(page).signIn.waitFor({ timeout: 30_000 });
  expect(await mark.getAttribute("data-was-live")).toBeNull();
});

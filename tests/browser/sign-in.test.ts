import { expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { Contexts } from "./contexts.ts";
import { alert, banner, heading, shows, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";
import { TOKEN_REFUSED, Visitor } from "./visitor.ts";

const stage = openStage();

test("a user signs in through WorkOS's page, is greeted by name, and signs out", async () => {
  const visitor = await stage.visitor();
  visitor.allow(TOKEN_REFUSED);
  const page = await visitor.open("/");
  await shows(heading(page), "Welcome, guest!");
  await banner(page).signIn.click();
  await page.getByRole("link", { name: "Sign In with WorkOS", exact: true }).click();
  await page.getByText("Local emulator").first().waitFor();
  await page.getByRole("button", { name: "grace@example.com" }).click();
  await shows(heading(page), "Welcome back, Grace!");
  await shows(banner(page).landmark, "Grace");
  await banner(page).signOut.click();
  await shows(heading(page), "Welcome, guest!");
  await banner(page).signIn.waitFor();
  expect(await page.getByText("Grace").count()).toBe(0);
});

test("a guest who opens a protected page returns to it after signing in", async () => {
  const visitor = await stage.visitor();
  const page = await visitor.open("/profile");
  expect(new URL(page.url()).search).toBe("?returnTo=%2Fprofile");
  await page.getByRole("link", { name: "Sign In with WorkOS", exact: true }).click();
  await page.getByRole("button", { name: "grace@example.com" }).click();
  await shows(heading(page), "Profile");
  expect(new URL(page.url()).pathname).toBe("/profile");
});

test("a new user signs in with an e-mail, and is greeted by the part before the @", async () => {
  const visitor = await stage.visitor();
  const page = await visitor.open("/api/auth/login");
  await page.getByLabel("E-mail", { exact: true }).fill("barbara.liskov@example.com");
  await page.keyboard.press("Enter");
  await shows(heading(page), "Welcome back, barbara.liskov!");
});

test("access denied at WorkOS shows an error on the sign-in page, and the user can retry", async () => {
  const visitor = await stage.visitor();
  const page = await visitor.open("/api/auth/login");
  await page.getByRole("button", { name: "Access denied" }).click();
  await alert(page).waitFor();
  expect(new URL(page.url()).searchParams.get("error")).toBe("access_denied");
  await page.getByRole("link", { name: "Sign In with WorkOS", exact: true }).waitFor();
});

test("signing out in one tab signs out the other within two seconds, without a reload", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  visitor.allow(TOKEN_REFUSED);
  const dashboard = await visitor.open("/dashboard");
  await untilLive(dashboard);
  await dashboard.evaluate(() => Object.assign(window, { sameDocument: true }));
  const other = await visitor.open("/profile");
  await banner(other).signOut.click();
  await shows(heading(other), "Welcome, guest!");
  await banner(dashboard).signIn.waitFor({ timeout: 2000 });
  expect(await dashboard.evaluate(() => "sameDocument" in window)).toBe(true);
  expect(await banner(dashboard).signOut.count()).toBe(0);
  expect(await dashboard.getByText("Grace").count()).toBe(0);
});

test("every tab shows the new user after another user signs in", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  const page = await visitor.open("/");
  await untilLive(page);
  await visitor.signIn("alan@example.com");
  const other = await visitor.open("/");
  await shows(heading(other), "Welcome back, Alan!");
  await shows(heading(page), "Welcome back, Alan!");
});

test("the back button after signing out shows no user data, even with the back-forward cache", async () => {
  const browser = await launchChromium({ backForwardCache: true });
  try {
    const visitor = await Visitor.arrive(new Contexts(browser, stage.stack().appUrl), stage.stack());
    visitor.allow(TOKEN_REFUSED);
    await visitor.signIn("grace@example.com");
    const page = await visitor.open("/profile");
    await untilLive(page);
    await banner(page).signOut.click();
    await shows(heading(page), "Welcome, guest!");
    await page.goBack();
    await page
      .getByRole("link", { name: /^Sign in/i })
      .first()
      .waitFor();
    expect(await banner(page).signOut.count()).toBe(0);
    expect(await page.getByText("Grace").count()).toBe(0);
    expect(await visitor.leave()).toEqual([]);
  } finally {
    await browser.close();
  }
});

test("a page from the back-forward cache stays hidden until its session is confirmed", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  const page = await visitor.open("/profile");
  await untilLive(page);
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<void>();
  await page.route("**/api/auth/session", async (route) => {
    asked.resolve();
    await answered.promise;
    await route.fallback();
  });
  // Simulates a restore from the back-forward cache, which Chromium does not use for no-store pages.
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await asked.promise;
  // The tab may have asked for another reason just before.
  await expect.poll(() => heading(page).isVisible()).toBe(false);
  answered.resolve();
  await heading(page).waitFor();
});

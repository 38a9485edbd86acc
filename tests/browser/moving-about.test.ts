import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  banner,
  heading,
  profileForm,
  projectForm,
  shows,
  themePicker,
  untilHydrated,
  untilLive,
} from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();

test("a navigation, also back, focuses the new heading, and updates the title and the current link in the banner", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  const page = await visitor.open("/dashboard");
  await untilHydrated(page);
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  for (const name of ["Profile", "Settings", "Dashboard"]) {
    await banner(page).place(name).click();
    await shows(heading(page), name);
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe(name);
    await expect.poll(() => page.title()).toContain(name);
    expect(await page.locator('[aria-current="page"]').allTextContents()).toEqual([name]);
  }
  await page.goBack();
  await shows(heading(page), "Settings");
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Settings");
  expect(await page.evaluate(() => "sameDocument" in window)).toBe(true);
});

test("the keyboard shows its focus, skips the banner, follows a link and changes the theme", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  const page = await visitor.open("/dashboard");
  await untilHydrated(page);
  await page.keyboard.press("Tab");
  // A key is handled before its effect on the focus.
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");
  await page.keyboard.press("Enter");
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe("main");
  await page.keyboard.press("Tab");
  const outline = () =>
    page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body);
      return `${outlineStyle} ${outlineWidth}`;
    });
  await expect.poll(outline).toBe("solid 2px");

  await banner(page).place("Settings").focus();
  await page.keyboard.press("Enter");
  await shows(heading(page), "Settings");
  const { choice } = themePicker(page);
  await choice("System").focus();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => choice("Dark").isChecked()).toBe(true);
});

test("an unknown address shows Not found with a link to the start page", async () => {
  const visitor = await stage.visitor();
  visitor.allow(/404 \(Not Found\)/);
  const page = await visitor.open("/nowhere");
  await shows(heading(page), "Not found");
  await page.getByRole("main").getByRole("link").click();
  await shows(heading(page), "Welcome, guest!");
});

test("the prerendered page shows the current user, and its links work", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  const page = await visitor.open("/about");
  await banner(page).signOut.waitFor();
  await shows(banner(page).landmark, "Grace");
  expect(await banner(page).place("Users").count()).toBe(0);
  const ofAdmin = await (await stage.signedIn("ada@example.com")).open("/about");
  for (const name of ["Users", "Audit log"]) await banner(ofAdmin).place(name).waitFor();
  await banner(page).place("Dashboard").click();
  await shows(heading(page), "Dashboard");
  await untilLive(page);
});

/** Waits until the code of the other pages is preloaded. */
async function pagesAhead(page: Page): Promise<void> {
  await page.locator('link[rel="modulepreload"][href*="/settings-"]').waitFor({ state: "attached" });
  await page.waitForLoadState("networkidle");
}

test("preloaded pages open even after a deploy has removed their code", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  const page = await visitor.open("/dashboard");
  await untilLive(page);
  await pagesAhead(page);
  await page.route("**/assets/**", (route) => route.fulfill({ status: 404 }));
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  for (const name of ["Settings", "Profile", "Dashboard"]) {
    await banner(page).place(name).click();
    await shows(heading(page), name);
  }
  expect(await page.evaluate(() => "sameDocument" in window)).toBe(true);
});

test("a navigation reaches its page even if the page's code no longer exists", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  visitor.allow(/404|Failed to fetch dynamically imported|Error loading route module/);
  const page = await visitor.open("/dashboard");
  await page.route(/assets\/(profile|settings)-/, (route) => route.fulfill({ status: 404 }));
  await page.reload();
  await untilHydrated(page);
  await banner(page).place("Profile").click(); // before the preload has failed
  await shows(heading(page), "Profile");
  await page.goto("/dashboard");
  const gone = page.waitForResponse((response) => response.status() === 404);
  await untilHydrated(page);
  await gone;
  await banner(page).place("Settings").click();
  await page.waitForURL("**/settings");
  await shows(heading(page), "Settings");
});

test("an unreachable page shows an error, keeps pending edits, and loads when the network is back", async () => {
  const visitor = await stage.signedIn("ada@example.com");
  visitor.allow(/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|Failed to load resource|WebSocket/);
  const page = await visitor.open("/profile");
  await untilLive(page);
  await pagesAhead(page);
  await visitor.setOffline(true);
  await stage.stack().stopConvex(); // Chromium's offline mode does not close open sockets
  await profileForm(page).firstName.fill("In a tunnel");
  await profileForm(page).save.click();
  await page.getByText("Waiting", { exact: true }).waitFor();
  await banner(page).place("Settings").click();
  await shows(heading(page), "This page could not be reached");
  await banner(page).place("Audit log").waitFor();
  await stage.stack().startConvex();
  await visitor.setOffline(false);
  await shows(heading(page), "Settings", 20_000);
  await untilLive(page);
  await banner(page).place("Profile").click();
  await expect.poll(() => profileForm(page).firstName.inputValue(), { timeout: 20_000 }).toBe("In a tunnel");
  await expect.poll(() => page.getByText("Waiting", { exact: true }).count()).toBe(0);
});

test("a page whose code is missing offline shows an error, and loads when the network is back", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  visitor.allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket|Failed to fetch/);
  const page = await visitor.open("/dashboard");
  await page.route(/assets\/(profile|load-ahead)-/, (route) => route.abort());
  await page.reload();
  await untilHydrated(page);
  await visitor.setOffline(true);
  await banner(page).place("Profile").click();
  await shows(heading(page), "This page could not be reached");
  await expect.poll(() => page.title()).toBe("This page could not be reached · Mosaic");
  await banner(page).place("Settings").waitFor();
  await page.getByRole("link", { name: "About", exact: true }).click(); // a full document load
  await shows(heading(page), "This page could not be reached");
  await banner(page).place("Profile").click();
  await page.unrouteAll();
  await visitor.setOffline(false);
  await shows(heading(page), "Profile", 20_000);
  await expect.poll(() => page.title()).toContain("Profile");
});

test("a page and its forms work when the code of the connection does not arrive", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  visitor.allow(/ERR_FAILED/);
  const page = await visitor.open("/about");
  await page.route(/assets\/convex-sync-/, (route) => route.abort());
  const failed = page.waitForEvent("requestfailed", (request) => request.url().includes("convex-sync-"));
  await page.goto("/");
  await failed;
  await shows(heading(page), "Welcome back, Grace!");
  await banner(page).place("Dashboard").click();
  await shows(heading(page), "Dashboard");
  // agents:start
  await projectForm(page).name.fill("Over HTTP");
  await projectForm(page).create.click();
  await projectForm(page).entry("Over HTTP").waitFor();
  // agents:end
  await page.unrouteAll();
  await page.reload();
  await untilLive(page);
});

// agents:start
test("a Not found page keeps the banner and the live connection, and focuses its heading", async () => {
  const visitor = await stage.signedIn("ada@example.com");
  visitor.allow(/404/);
  const page = await visitor.open("/dashboard");
  await untilLive(page);
  await projectForm(page).name.fill("Gone");
  await projectForm(page).create.click();
  const sockets: string[] = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  const link = page.getByRole("link", { name: "Gone", exact: true });
  await link.evaluate((anchor) => anchor.setAttribute("href", "/projects/none"));
  await link.click();
  await shows(heading(page), "Not found");
  await banner(page).place("Users").waitFor();
  await untilLive(page);
  expect(sockets).toEqual([]);
  expect(await page.title()).toBe("Not found · Mosaic");
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Not found");
});
// agents:end

test("a reload and the back button restore the scroll position, and a new document starts at the top", async () => {
  const visitor = await stage.visitor({ viewport: { width: 360, height: 300 } });
  const page = await visitor.open("/");
  const top = () => page.evaluate(() => Math.round(window.scrollY));
  await untilHydrated(page);
  await page.evaluate(() => window.scrollTo(0, 200));
  await page.reload();
  await untilHydrated(page);
  await expect.poll(top).toBe(200);
  await page.goto("/login");
  await untilHydrated(page);
  expect(await top()).toBe(0);
  await page.goBack();
  await untilHydrated(page);
  await expect.poll(top).toBe(200);
});

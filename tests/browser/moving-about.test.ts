import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { banner, heading, projectForm, shows, themePicker, untilHydrated, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();

test("after a click on a link the new page's heading has the focus, the title and the mark in the banner", async () => {
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
  expect(await page.evaluate(() => "sameDocument" in window)).toBe(true);
});

test("the keyboard alone gets past the banner, to a page and through the theme", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  const page = await visitor.open("/dashboard");
  await untilHydrated(page);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");

  await banner(page).place("Settings").focus();
  await page.keyboard.press("Enter");
  await shows(heading(page), "Settings");
  const { choice } = themePicker(page);
  await choice("System").focus();
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => choice("Dark").isChecked()).toBe(true);
});

test("what has the focus can be seen to have it", async () => {
  const visitor = await stage.visitor();
  const page = await visitor.open("/");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  const outline = await page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement ?? document.body);
    return `${outlineStyle} ${outlineWidth}`;
  });
  expect(outline).toBe("solid 2px");
});

test("the back button brings the page before, and its heading the focus", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  const page = await visitor.open("/dashboard");
  await untilHydrated(page);
  await banner(page).place("Profile").click();
  await shows(heading(page), "Profile");
  await page.goBack();
  await shows(heading(page), "Dashboard");
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Dashboard");
});

test("an address that is none has a page with a way on", async () => {
  const visitor = await stage.visitor();
  visitor.allow(/404 \(Not Found\)/);
  const page = await visitor.open("/nowhere");
  await shows(heading(page), "Not found");
  await page.getByRole("main").getByRole("link").click();
  await shows(heading(page), "Welcome, guest!");
});

test("the page made at build says who is here, by one small script, and is left by plain links", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  const page = await visitor.open("/about");
  await banner(page).signOut.waitFor();
  await shows(banner(page).landmark, "Grace");
  await banner(page).place("Dashboard").click();
  await shows(heading(page), "Dashboard");
  await untilLive(page);
});

test("in a window of 360 px nothing is wider than the window, and the way out is in sight", async () => {
  const visitor = await stage.signedIn("barbara.with.a.very.long.address@example.com", {
    viewport: { width: 360, height: 740 },
  });
  for (const path of ["/", "/dashboard", "/profile", "/settings", "/about"]) {
    const page = await visitor.open(path);
    await banner(page).signOut.waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360);
    const box = await banner(page).signOut.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 360), path).toBeLessThanOrEqual(360);
    expect(box?.height, path).toBeGreaterThanOrEqual(44);
  }
});

test("a name without an end in it makes no page wider than the window, for an admin either", async () => {
  const long = await (await stage.signedIn("barbara.with.a.very.long.address@example.com")).open("/profile");
  await untilLive(long);
  await long.getByLabel("First name", { exact: true }).fill("W".repeat(100));
  await long.getByRole("button", { name: "Save", exact: true }).click();
  await shows(long.getByRole("status"), "Saved");
  const ada = await stage.signedIn("ada@example.com", { viewport: { width: 360, height: 740 } });
  for (const path of ["/admin/users", "/admin/audit"]) {
    const page = await ada.open(path);
    await page.getByText("W".repeat(100)).first().waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(360);
  }
});

/** Waits until the code of the other pages has been asked for, and has come. */
async function pagesAhead(page: Page): Promise<void> {
  await page.locator('link[rel="modulepreload"][href*="/settings-"]').waitFor({ state: "attached" });
  await page.waitForLoadState("networkidle");
}

test("the other pages' code is there before anybody asks, so that neither a deploy nor a lost network takes them away", async () => {
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

test("where a page's code is gone one still comes where one was going", async () => {
  const visitor = await stage.signedIn("grace@example.com");
  visitor.allow(/404|Failed to fetch dynamically imported|Error loading route module/);
  const page = await visitor.open("/dashboard");
  await page.route(/assets\/(profile|settings)-/, (route) => route.fulfill({ status: 404 }));
  await page.reload();
  await untilHydrated(page);
  await banner(page).place("Profile").click(); // before it was noticed that the code is gone
  await shows(heading(page), "Profile");
  await page.goto("/dashboard");
  const gone = page.waitForResponse((response) => response.status() === 404);
  await untilHydrated(page);
  await gone;
  await banner(page).place("Settings").click();
  await page.waitForURL("**/settings");
  await shows(heading(page), "Settings");
});

test("a page that cannot be reached says so within the same banner, loses no edit, and shows when the network is back", async () => {
  const visitor = await stage.signedIn("ada@example.com");
  visitor.allow(/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|Failed to load resource|WebSocket/);
  const page = await visitor.open("/dashboard");
  await untilLive(page);
  await pagesAhead(page);
  await visitor.setOffline(true);
  await stage.stack().stopConvex(); // a socket that is open already outlives the browser's own "offline"
  await projectForm(page).name.fill("Made in a tunnel");
  await projectForm(page).create.click();
  await projectForm(page).entry("Made in a tunnel").getByText("Waiting").waitFor();
  await banner(page).place("Profile").click();
  await shows(heading(page), "This page could not be reached");
  await banner(page).place("Audit log").waitFor();
  await stage.stack().startConvex();
  await visitor.setOffline(false);
  await shows(heading(page), "Profile", 20_000);
  await untilLive(page);
  await banner(page).place("Dashboard").click();
  await projectForm(page).entry("Made in a tunnel").waitFor();
  await expect.poll(() => page.getByText("Waiting", { exact: true }).count(), { timeout: 20_000 }).toBe(0);
});

test("a page whose code cannot be loaded offline is a page of the app, and shows when the network is back", async () => {
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
  await page.getByRole("link", { name: "About", exact: true }).click(); // a document, not a page of the router
  await shows(heading(page), "This page could not be reached");
  await banner(page).place("Profile").click();
  await page.unrouteAll();
  await visitor.setOffline(false);
  await shows(heading(page), "Profile", 20_000);
  await expect.poll(() => page.title()).toContain("Profile");
});

test("a page that is refused keeps the banner and the connection, and has the focus and a title", async () => {
  const visitor = await stage.signedIn("ada@example.com");
  visitor.allow(/404/);
  const page = await visitor.open("/dashboard");
  await untilLive(page);
  await page.evaluate(() => {
    const link = document.createElement("a");
    document
      .querySelector("main")
      ?.append(Object.assign(link, { href: "/projects/none", textContent: "Gone" }));
  });
  await page.getByRole("link", { name: "Gone" }).click();
  await shows(heading(page), "Not found");
  await banner(page).place("Users").waitFor();
  await page.getByRole("contentinfo").getByText("Live", { exact: true }).waitFor({ timeout: 500 });
  expect(await page.title()).toBe("Not found · Mosaic");
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("Not found");
});

test("a reload and the back button keep the scroll position, and another document starts at the top", async () => {
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

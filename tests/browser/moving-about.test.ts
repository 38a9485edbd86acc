import { expect, test } from "vitest";
import { banner, heading, shows, themePicker, untilHydrated, untilLive } from "./parts.ts";
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

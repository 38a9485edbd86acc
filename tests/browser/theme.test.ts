import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { banner, heading, said, shows, themeOf, themePicker, untilHydrated, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";
import { TOKEN_REFUSED } from "./visitor.ts";

const stage = openStage();

/** A theme set by a script, and when, in milliseconds since the start of the document. */
type Change = { theme: string; at: number };

/** Returns the lightness of the page's background, from 0 to 255. */
async function groundOf(page: Page): Promise<number> {
  const picture = await page.screenshot({ clip: { x: 2, y: 400, width: 1, height: 1 } });
  return page.evaluate(
    async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([Uint8Array.from(bytes)], { type: "image/png" }));
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      context?.drawImage(bitmap, 0, 0);
      return context?.getImageData(0, 0, 1, 1).data[0] ?? -1;
    },
    [...picture],
  );
}

test("a guest's theme is in the HTML of the next page, and no script changes it after the first paint", async () => {
  const visitor = await stage.visitor({ colorScheme: "light" });
  const page = await visitor.open("/");
  await untilHydrated(page);
  expect(await themeOf(page)).toBe("system");
  const kept = page.waitForResponse((response) => response.request().method() === "POST");
  await themePicker(page).choice("Dark").check();
  await kept;
  expect(await themeOf(page)).toBe("dark");
  expect(await groundOf(page)).toBeLessThan(60);
  expect(await visitor.html("/login")).toContain('data-theme="dark"');

  // The prerendered page cannot have it in its HTML, so a script sets it before the first paint.
  const next = await visitor.open("/login");
  await next.addInitScript(() => {
    const changes: Change[] = [];
    Object.assign(window, { changes });
    new MutationObserver(([record]) => {
      const theme = document.documentElement.dataset.theme ?? "";
      if (record?.oldValue !== theme) changes.push({ theme, at: performance.now() });
    }).observe(document, { subtree: true, attributeFilter: ["data-theme"], attributeOldValue: true });
  });
  for (const path of ["/login", "/about"]) {
    await next.goto(path);
    await banner(next).signIn.waitFor();
    expect(await themeOf(next), path).toBe("dark");
    const { changes, painted } = await next.evaluate(() => ({
      changes: (window as unknown as { changes: Change[] }).changes,
      painted: performance.getEntriesByName("first-paint")[0]?.startTime ?? Number.POSITIVE_INFINITY,
    }));
    expect(
      changes.filter(({ at }) => at > painted),
      path,
    ).toEqual([]);
    expect(
      changes.filter(({ theme }) => theme !== "dark"),
      path,
    ).toEqual([]);
  }
});

test("the theme System follows the browser at once", async () => {
  const visitor = await stage.visitor({ colorScheme: "light" });
  const page = await visitor.open("/");
  expect(await groundOf(page)).toBeGreaterThan(200);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await groundOf(page)).toBeLessThan(60);
});

test("a theme shows in the user's other browser at once, and stays after sign-out", async () => {
  const desk = await stage.signedIn("edsger@example.com");
  const phone = await stage.signedIn("edsger@example.com");
  desk.allow(TOKEN_REFUSED);
  const [here, there] = [await desk.open("/settings"), await phone.open("/dashboard")];
  await untilLive(here);
  await untilLive(there);
  await themePicker(here).choice("Dark").check();
  await expect.poll(() => themeOf(there), { timeout: 3000 }).toBe("dark");
  await banner(here).signOut.click();
  await shows(heading(here), "Welcome, guest!");
  expect(await themeOf(here)).toBe("dark");
});

test("the user's stored theme replaces the guest's theme at sign-in", async () => {
  const first = await stage.signedIn("tony@example.com", { javaScriptEnabled: false });
  const settings = await first.open("/settings");
  await themePicker(settings).choice("Light").check();
  await themePicker(settings).save.click();
  await said(settings, "Saved");

  const second = await stage.visitor({ javaScriptEnabled: false });
  const guest = await second.open("/");
  await themePicker(guest).choice("Dark").check();
  await themePicker(guest).save.click();
  expect(await themeOf(guest)).toBe("dark");
  await second.signIn("tony@example.com");
  expect(await themeOf(await second.open("/dashboard"))).toBe("light");
});

test("the guest's theme is stored for a user who has none", async () => {
  const visitor = await stage.visitor({ javaScriptEnabled: false });
  const page = await visitor.open("/");
  await themePicker(page).choice("Dark").check();
  await themePicker(page).save.click();
  await visitor.signIn("frances@example.com");
  const elsewhere = await stage.signedIn("frances@example.com", { javaScriptEnabled: false });
  expect(await themeOf(await elsewhere.open("/dashboard"))).toBe("dark");
});

test("a theme chosen offline shows at once as Waiting, and is stored when the network is back", async () => {
  const guest = await stage.visitor({ colorScheme: "light" });
  const user = await stage.signedIn("grace@example.com");
  for (const [visitor, path] of [
    [guest, "/"],
    [user, "/settings"],
  ] as const) {
    visitor.allow(/ERR_INTERNET_DISCONNECTED|WebSocket/);
    const page = await visitor.open(path);
    await untilHydrated(page);
    if (visitor === user) await untilLive(page);
    await visitor.setOffline(true);
    await themePicker(page).choice("Dark").check();
    expect(await themeOf(page), path).toBe("dark");
    await page.getByText("Waiting", { exact: true }).waitFor();
    await visitor.setOffline(false);
    await expect.poll(() => page.getByText("Waiting", { exact: true }).count(), { timeout: 20_000 }).toBe(0);
    expect(await visitor.html("/login"), path).toContain('data-theme="dark"');
  }
  const elsewhere = await stage.signedIn("grace@example.com");
  expect(await elsewhere.html("/settings")).toContain('data-theme="dark"');
});

test("a theme chosen while Convex is stopped shows at once, and is stored when Convex is back", async () => {
  const visitor = await stage.signedIn("alan@example.com");
  visitor.allow(/WebSocket|ERR_CONNECTION|503/);
  const page = await visitor.open("/settings");
  await untilLive(page);
  await stage.stack().stopConvex();
  await themePicker(page).choice("Dark").check();
  await page.getByText("Waiting", { exact: true }).waitFor();
  expect(await themeOf(page)).toBe("dark");
  await stage.stack().startConvex();
  await expect.poll(() => page.getByText("Waiting", { exact: true }).count(), { timeout: 30_000 }).toBe(0);
  const elsewhere = await stage.signedIn("alan@example.com");
  expect(await elsewhere.html("/settings")).toContain('data-theme="dark"');
});

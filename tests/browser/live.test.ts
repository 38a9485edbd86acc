import { expect, test } from "vitest";
import { alert, banner, heading, profileForm, projectForm, said, shows, status, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();

test("a name saved in one tab shows within a second in the other tab and in both banners", async () => {
  const visitor = await stage.signedIn("ada@example.com");
  const [one, other] = [await visitor.open("/profile"), await visitor.open("/profile")];
  await untilLive(one);
  await untilLive(other);
  await profileForm(one).firstName.fill("Augusta");
  await profileForm(one).save.click();
  await said(one, "Saved");
  await expect.poll(() => profileForm(other).firstName.inputValue(), { timeout: 1000 }).toBe("Augusta");
  await shows(banner(other).landmark, "Augusta");
  await shows(banner(one).landmark, "Augusta");
  const home = await visitor.open("/");
  await shows(heading(home), "Welcome back, Augusta!");
});

// agents:start
test("a project created in one browser shows in the user's other browser", async () => {
  const desk = await (await stage.signedIn("lin@example.com")).open("/dashboard");
  const phone = await (await stage.signedIn("lin@example.com")).open("/");
  await untilLive(desk);
  await untilLive(phone);
  const form = projectForm(desk);
  await form.name.fill("Night watch");
  await form.create.click();
  await projectForm(phone).entry("Night watch").waitFor({ timeout: 2000 });
  await form.entry("Night watch").waitFor();
  await expect.poll(() => form.name.inputValue()).toBe("");
});
// agents:end

// agents:start
test("an edit made offline is marked as Waiting, and is applied once when the tab is online", async () => {
  const visitor = await stage.signedIn("kay@example.com");
  visitor.allow(/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|WebSocket|manifest patches/);
  const page = await visitor.open("/dashboard");
  const form = projectForm(page);
  await untilLive(page);
  await form.name.fill("Made ashore");
  await form.create.click();
  await form.entry("Made ashore").waitFor();
  await visitor.setOffline(true);
  await page.getByRole("contentinfo").getByText("Offline", { exact: true }).waitFor();
  await stage.stack().stopConvex(); // Chromium's offline mode does not close open sockets
  await form.name.fill("Made at sea");
  await form.create.click();
  await form.entry("Made at sea").getByText("Waiting").waitFor();
  await stage.stack().startConvex();
  await visitor.setOffline(false);
  await untilLive(page);
  await expect.poll(() => page.getByText("Waiting", { exact: true }).count(), { timeout: 20_000 }).toBe(0);
  const after = await visitor.open("/dashboard");
  expect(await projectForm(after).entry("Made at sea").count()).toBe(1);
});
// agents:end

test("a rejected name is rolled back, and the page says why", async () => {
  const visitor = await stage.signedIn("mary@example.com");
  const page = await visitor.open("/profile");
  await untilLive(page);
  await profileForm(page).firstName.fill("Mary\u0007");
  await profileForm(page).save.click();
  await page.locator('[role="alert"], [aria-invalid="true"]').first().waitFor();
  await expect.poll(() => banner(page).landmark.textContent()).not.toContain("\u0007");
  const after = await visitor.open("/profile");
  expect(await profileForm(after).firstName.inputValue()).toBe("");
});

test("with Convex stopped every page loads and says so, and recovers without a reload", async () => {
  const visitor = await stage.signedIn("joan@example.com");
  visitor.allow(/WebSocket|ERR_CONNECTION/);
  const live = await visitor.open("/profile");
  await untilLive(live);
  await stage.stack().stopConvex();
  await live.getByText("Live data is unavailable").first().waitFor();
  await live
    .getByRole("contentinfo")
    .getByText(/^as of \d/)
    .waitFor();
  for (const path of ["/", "/dashboard", "/profile", "/settings"]) {
    const start = performance.now();
    const page = await visitor.open(path);
    expect(performance.now() - start, path).toBeLessThan(4000);
    await page.getByText("Live data is unavailable").first().waitFor();
    await banner(page).signOut.waitFor();
    await page.close();
  }
  const page = await visitor.open("/dashboard");
  await page.evaluate(() => Object.assign(window, { sameDocument: true }));
  await stage.stack().startConvex();
  await page.getByText("No projects yet").waitFor({ timeout: 30_000 }); // agents:line
  await untilLive(page);
  await untilLive(live);
  expect(await alert(page).count()).toBe(0);
  expect(await page.evaluate(() => "sameDocument" in window)).toBe(true);
});

test("input typed before hydration or during a pending edit is kept", async () => {
  const visitor = await stage.signedIn("dorothy@example.com");
  const page = await visitor.open("/");
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route("**/assets/entry.client-*", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/profile", { waitUntil: "commit" });
  const { firstName, lastName, save } = profileForm(page);
  await firstName.fill("Dorothy");
  release();
  await untilLive(page);
  expect(await firstName.inputValue()).toBe("Dorothy");
  visitor.allow(/WebSocket|ERR_CONNECTION/);
  await stage.stack().stopConvex();
  await page.getByRole("contentinfo").getByText("Live data is unavailable").waitFor();
  await save.click();
  await page.getByText("Waiting", { exact: true }).waitFor();
  await lastName.fill("Vaughan");
  await stage.stack().startConvex();
  await untilLive(page);
  await expect.poll(() => page.getByText("Waiting", { exact: true }).count(), { timeout: 20_000 }).toBe(0);
  expect(await lastName.inputValue()).toBe("Vaughan");
  expect(await status(page).count()).toBe(0);
  await save.click();
  await said(page, "Saved");
});

test("input typed or selected before hydration is kept and submitted", async () => {
  const visitor = await stage.signedIn("ada@example.com");
  await stage.signedIn("someone@example.com");
  const page = await visitor.open("/");
  const held: (() => void)[] = [];
  await page.route("**/assets/entry.client-*", async (route) => {
    await new Promise<void>((resolve) => held.push(resolve));
    await route.continue();
  });
  const hydrate = async () => {
    for (const release of held.splice(0)) release();
    await untilLive(page);
  };
  const open = async (path: string) => {
    await page.goto(path, { waitUntil: "commit" });
    await expect.poll(() => held.length).toBeGreaterThan(0);
  };

  await open("/settings");
  const zone = page.getByLabel("Time zone", { exact: true });
  await zone.fill("Europe/Berlin");
  await page.getByRole("radio", { name: "Dark" }).check();
  await hydrate();
  expect(await zone.inputValue()).toBe("Europe/Berlin");
  await expect.poll(() => page.locator("html").getAttribute("data-theme")).toBe("dark");
  await page.getByRole("button", { name: "Save time zone" }).click();
  await said(page, "Saved");
  expect(await zone.inputValue()).toBe("Europe/Berlin");

  await open("/admin/users");
  const role = page.getByRole("combobox", { name: "Role of someone@example.com" });
  await role.selectOption("viewer");
  await hydrate();
  expect(await role.inputValue()).toBe("viewer");
  await page
    .getByRole("listitem")
    .filter({ hasText: "someone@example.com" })
    .getByRole("button", { name: "Save role" })
    .click();
  await said(page, "Saved");

  // agents:start
  await open("/dashboard");
  await projectForm(page).name.fill("Early");
  await hydrate();
  expect(await projectForm(page).name.inputValue()).toBe("Early");
  await projectForm(page).create.click();
  await projectForm(page).entry("Early").waitFor();
  // agents:end
});

test("a field restored to its value does not overwrite another tab's edit", async () => {
  const visitor = await stage.signedIn("margaret@example.com");
  const [one, other] = [await visitor.open("/profile"), await visitor.open("/profile")];
  await untilLive(one);
  await untilLive(other);
  const before = await profileForm(other).firstName.inputValue();
  await profileForm(other).firstName.fill(`${before}x`);
  await profileForm(other).firstName.fill(before);
  await profileForm(one).firstName.fill("Peggy");
  await profileForm(one).save.click();
  await said(one, "Saved");
  await expect.poll(() => profileForm(other).firstName.inputValue()).toBe("Peggy");
  await profileForm(other).lastName.fill("Hamilton");
  await profileForm(other).save.click();
  await said(other, "Saved");
  expect(await profileForm(one).firstName.inputValue()).toBe("Peggy");
});

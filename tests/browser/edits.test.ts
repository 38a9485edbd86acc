/** Edits are applied exactly once: over HTTP, after a double click, and while offline. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import {
  alert,
  button,
  field,
  heading,
  profileForm,
  projectForm,
  row,
  said,
  shows,
  untilLive,
} from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();

const waiting = (page: Page) => page.getByText("Waiting", { exact: true });
const unavailable = (page: Page) => page.getByRole("contentinfo").getByText("Live data is unavailable");

// agents:start
/** Creates a project on the dashboard and opens it. */
async function openProject(page: Page, name: string): Promise<void> {
  await projectForm(page).name.fill(name);
  await projectForm(page).create.click();
  await page.getByRole("link", { name, exact: true }).click();
  await shows(heading(page), name);
}
// agents:end

// agents:start
test("with WebSockets blocked every form is sent over HTTP, in order, and once for a double click", async () => {
  const visitor = await stage.signedIn("lin@example.com");
  visitor.allow(/WebSocket|403 \(Forbidden\)/);
  await stage.stack().setLine("no-sockets");
  const page = await visitor.open("/dashboard");
  const { name, create, entry } = projectForm(page);
  // The page does not know yet that WebSockets are blocked.
  await name.fill("First");
  await name.press("Enter");
  await name.press("Enter");
  await entry("First").waitFor();
  await unavailable(page).waitFor();
  await expect.poll(() => name.inputValue()).toBe("");
  for (const made of ["Second", "Third"]) {
    await name.fill(made);
    await name.press("Enter");
  }
  await entry("Third").waitFor();
  await name.fill("First");
  await create.dblclick();
  await expect.poll(() => page.getByRole("link", { name: "First", exact: true }).count()).toBe(2);
  await shows(page.getByRole("main").getByRole("list").last(), "Second");

  await page.getByRole("link", { name: "Second", exact: true }).click();
  await field(page, "Key name").fill("Laptop");
  await button(page, "Create key").dblclick();
  await page
    .getByRole("status")
    .getByText(/^mosaic_/)
    .waitFor();
  await expect.poll(() => button(page, "Revoke").count()).toBe(1);
  await button(page, "Revoke").click();
  await said(page, "Key revoked");
  await field(page, "New name").fill("Renamed");
  await button(page, "Rename").click();
  await shows(heading(page), "Renamed");

  await page.getByRole("link", { name: "Profile", exact: true }).click();
  await profileForm(page).lastName.fill("Clark");
  await profileForm(page).save.click();
  await said(page, "Saved");
  expect(await waiting(page).count()).toBe(0);
  expect(await visitor.html("/profile")).toContain('value="Clark"');
});
// agents:end

// agents:start
test("a double click or Enter twice creates one entry, and the same name later creates another", async () => {
  const visitor = await stage.signedIn("kay@example.com");
  const page = await visitor.open("/dashboard");
  await untilLive(page);
  const { name } = projectForm(page);
  for (const [made, count] of [
    ["One", 1],
    ["One", 2],
  ] as const) {
    await name.fill(made);
    await name.press("Enter");
    await name.press("Enter");
    await expect.poll(() => page.getByRole("link", { name: "One", exact: true }).count()).toBe(count);
    await expect.poll(() => name.inputValue()).toBe("");
  }
  await openProject(page, "Two");
  await untilLive(page);
  await button(page, "Create key").dblclick();
  await page
    .getByRole("status")
    .getByText(/^mosaic_/)
    .waitFor();
  await expect.poll(() => button(page, "Revoke").count()).toBe(1);
  const after = await visitor.open(new URL(page.url()).pathname);
  expect(await button(after, "Revoke").count()).toBe(1);
  expect(
    await (await visitor.open("/dashboard")).getByRole("link", { name: "One", exact: true }).count(),
  ).toBe(2);
});
// agents:end

// agents:start
test("shows the rejection of an offline edit after its form was removed", async () => {
  const ada = await stage.signedIn("ada@example.com");
  const visitor = await stage.signedIn("demoted@example.com");
  for (const one of [ada, visitor]) one.allow(/ERR_INTERNET_DISCONNECTED|403 \(Forbidden\)|WebSocket/);
  const page = await visitor.open("/dashboard");
  await untilLive(page);
  // Her time zone is stored first: an edit that follows one in flight waits for the socket with it.
  const settings = await ada.open("/settings");
  await expect.poll(() => settings.getByLabel("Time zone", { exact: true }).inputValue()).not.toBe("");
  const users = await ada.open("/admin/users?search=demoted");
  await untilLive(users);
  await visitor.setOffline(true);
  await stage.stack().setLine("no-sockets"); // Chromium's own "offline" does not affect sockets
  await projectForm(page).name.fill("Too late");
  await projectForm(page).create.click();
  await projectForm(page).entry("Too late").getByText("Waiting").waitFor();
  await users.getByRole("combobox", { name: "Role of demoted@example.com" }).selectOption("viewer");
  await row(users, "demoted@example.com").getByRole("button", { name: "Save role" }).click();
  await said(users, "Role saved");
  await stage.stack().setLine("open");
  await visitor.setOffline(false);
  await shows(alert(page), /Create project “Too late” was rejected/, 30_000);
  await expect.poll(() => projectForm(page).create.count()).toBe(0);
  await shows(alert(page), /Create project “Too late” was rejected/);
  expect(await projectForm(page).entry("Too late").count()).toBe(0);
}, 90_000);
// agents:end

test("leaving the site with a pending edit asks for confirmation; a navigation inside the app does not", async () => {
  const visitor = await stage.signedIn("joan@example.com");
  visitor.allow(/WebSocket|ERR_CONNECTION|403 \(Forbidden\)|Failed to load/);
  const page = await visitor.open("/profile");
  await untilLive(page);
  let asked = 0;
  page.on("dialog", (dialog) => {
    asked += 1;
    void dialog.dismiss();
  });
  await stage.stack().stopConvex();
  await unavailable(page).waitFor();
  await profileForm(page).firstName.fill("Unsaved");
  await profileForm(page).save.click();
  await waiting(page).waitFor();
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await shows(heading(page), "Settings");
  expect(asked).toBe(0);
  await page.evaluate(() => location.reload());
  await expect.poll(() => asked).toBe(1);
  await stage.stack().startConvex();
  await untilLive(page);
  await page.getByRole("link", { name: "Profile", exact: true }).click();
  await expect.poll(() => profileForm(page).firstName.inputValue()).toBe("Unsaved");
  await page.evaluate(() => location.reload());
  await untilLive(page);
  expect(asked).toBe(1);
}, 90_000);

test("a form that only works online shows an error at once if offline, and keeps the page", async () => {
  const visitor = await stage.signedIn("mary@example.com");
  visitor.allow(/ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket/);
  const page = await visitor.open("/settings/sessions");
  await untilLive(page);
  await visitor.setOffline(true);
  await button(page, "Revoke").first().click();
  await shows(alert(page), "You are offline");
  await shows(heading(page), "Sessions");
  await visitor.setOffline(false);
  // Online, but the server does not answer.
  await page.route("**/*.data", (route) => route.abort());
  await button(page, "Revoke").first().click();
  await shows(alert(page), "could not be reached");
  await shows(heading(page), "Sessions");
});

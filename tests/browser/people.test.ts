/** A user's own settings, and the user management of an admin. */
import { expect, test } from "vitest";
import { alert, banner, button, field, row, said, shows, untilHydrated, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();

test("the time zone is the browser's at first, then the one that the user chooses", async () => {
  const visitor = await stage.signedIn("zone@example.com", { timezoneId: "Asia/Tokyo" });
  const page = await visitor.open("/settings");
  await untilLive(page);
  await expect.poll(() => field(page, "Time zone").inputValue()).toBe("Asia/Tokyo");
  await field(page, "Time zone").fill("Mars/Olympus");
  await button(page, "Save time zone").click();
  await expect.poll(() => field(page, "Time zone").getAttribute("aria-invalid")).toBe("true");
  await field(page, "Time zone").fill("Europe/Berlin");
  await button(page, "Save time zone").click();
  await said(page, "Saved");
  const html = await visitor.html("/settings");
  expect(html).toContain('value="Europe/Berlin"');
});

test("an admin finds a user and changes their role, but cannot demote the last admin", async () => {
  await stage.signedIn("zoe.finder@example.com");
  const page = await (await stage.signedIn("ada@example.com")).open("/admin/users");
  await untilLive(page);
  const search = page.getByRole("searchbox", { name: "Search" });
  await search.fill("zoe.f");
  await page.waitForURL("**/admin/users?search=zoe.f");
  await banner(page).place("Users").click();
  await expect.poll(() => search.inputValue()).toBe("");
  await page.goBack();
  await expect.poll(() => search.inputValue()).toBe("zoe.f");
  const role = page.getByRole("combobox", { name: "Role of zoe.finder@example.com" });
  await expect.poll(() => page.getByRole("combobox").count()).toBe(1);
  await role.selectOption("viewer");
  await button(page, "Save role").click();
  await row(page, "zoe.finder@example.com").getByRole("status").waitFor();
  await page.reload();
  expect(await role.inputValue()).toBe("viewer");
  await page.goto("/admin/users?search=ada");
  await untilHydrated(page);
  await page.getByRole("combobox", { name: "Role of ada@example.com" }).selectOption("developer");
  await button(page, "Save role").click();
  await shows(alert(page), /last admin/);
  await expect
    .poll(() => page.getByRole("combobox", { name: "Role of ada@example.com" }).inputValue())
    .toBe("admin");
});

test("suspending a user asks for confirmation, and signs out the open tab of the user", async () => {
  const email = "emmy.suspended@example.com";
  const visitor = await stage.signedIn(email);
  const tab = await visitor.open("/dashboard");
  const page = await (await stage.signedIn("ada@example.com")).open(`/admin/users?search=${email}`);
  for (const one of [tab, page]) await untilLive(one);
  visitor.allow(/401 \(Unauthorized\)/);
  const suspend = row(page, email).getByRole("button", { name: "Suspend", exact: true });
  await suspend.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await suspend.click();
  await dialog.getByRole("button", { name: "Suspend", exact: true }).click();
  await banner(tab).signIn.waitFor({ timeout: 5_000 });
  expect(await banner(tab).signOut.count()).toBe(0);
  expect(await tab.content()).not.toContain(email);
  await said(page, "Suspended");
  await row(page, email).getByRole("button", { name: "Restore", exact: true }).waitFor();
});

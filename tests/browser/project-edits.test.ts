/** Edits of projects in a browser: rename, share and delete, live in every tab and without JavaScript. */
import { expect, test } from "vitest";
import { makeProject } from "./make-project.ts";
import { button, field, heading, row, said, shows, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();

test("a new project name shows at once for every member, and a rejected one is marked at its field", async () => {
  const visitor = await stage.signedIn("owner@example.com");
  const { path } = await makeProject(visitor, "Before");
  const member = await stage.signedIn("member@example.com");
  const owner = await visitor.open(path);
  await untilLive(owner);
  await field(owner, "E-mail").fill(" Member@Example.com ");
  await button(owner, "Add member").click();
  await said(owner, "Member added");
  const theirs = await member.open(path);
  await untilLive(theirs);
  await field(owner, "New name").fill("After");
  await button(owner, "Rename").click();
  await shows(heading(theirs), "After");
  await shows(heading(owner), "After");
  for (const page of [owner, theirs]) await expect.poll(() => page.title()).toBe("After · Mosaic");
  await field(owner, "New name").fill("a\u0007b");
  await button(owner, "Rename").click();
  await expect.poll(() => field(owner, "New name").getAttribute("aria-invalid")).toBe("true");
  await shows(heading(owner), "After");
  // A member sees no button for an action that would be rejected.
  for (const name of ["Rename", "Add member", "Create key", "Delete project", "Remove"]) {
    expect(await button(theirs, name).count(), name).toBe(0);
  }
  expect(await button(theirs, "Leave project").count()).toBe(1);
});

test("a removed member sees Not found on the open project page", async () => {
  const visitor = await stage.signedIn("owner2@example.com");
  const { path } = await makeProject(visitor, "Closing");
  const member = await stage.signedIn("removed@example.com");
  const owner = await visitor.open(path);
  await untilLive(owner);
  await field(owner, "E-mail").fill("removed@example.com");
  await button(owner, "Add member").click();
  await said(owner, "Member added");
  const theirs = await member.open(path);
  await untilLive(theirs);
  await row(owner, "removed@example.com").getByRole("button", { name: "Remove", exact: true }).click();
  await shows(heading(theirs), "Not found", 2000);
  await expect.poll(() => row(owner, "removed@example.com").count()).toBe(0);
});

test("an invitation stays until it is withdrawn, and a duplicate is rejected at the field", async () => {
  const visitor = await stage.signedIn("inviter@example.com");
  const { path } = await makeProject(visitor, "Guests");
  const page = await visitor.open(path);
  await untilLive(page);
  for (let i = 0; i < 2; i++) {
    await field(page, "E-mail").fill("later@example.com");
    await button(page, "Add member").click();
    if (i === 0) await said(page, /Invited/);
  }
  await expect.poll(() => field(page, "E-mail").getAttribute("aria-invalid")).toBe("true");
  await row(page, "later@example.com").getByRole("button", { name: "Withdraw", exact: true }).click();
  await expect.poll(() => row(page, "later@example.com").count()).toBe(0);
});

test("edits made offline are marked as Waiting, and are applied once and in order", async () => {
  const visitor = await stage.signedIn("sea@example.com");
  visitor.allow(/ERR_INTERNET_DISCONNECTED|WebSocket/);
  const { path } = await makeProject(visitor, "Harbour");
  const page = await visitor.open(path);
  await untilLive(page);
  await visitor.setOffline(true);
  await page.getByRole("contentinfo").getByText("Offline", { exact: true }).waitFor();
  for (const name of ["Open sea", "Far shore"]) {
    await field(page, "New name").fill(name);
    await button(page, "Rename").click();
    await shows(heading(page), name);
  }
  await field(page, "E-mail").fill("sailor@example.com");
  await button(page, "Add member").click();
  await row(page, "sailor@example.com").getByText("Waiting").waitFor();
  expect(await page.getByText("Waiting", { exact: true }).count()).toBeGreaterThanOrEqual(2);
  await visitor.setOffline(false);
  await untilLive(page);
  await expect.poll(() => page.getByText("Waiting", { exact: true }).count(), { timeout: 20_000 }).toBe(0);
  const after = await visitor.open(path);
  await shows(heading(after), "Far shore");
  expect(await row(after, "sailor@example.com").count()).toBe(1);
});

test("a project is deleted after confirmation, and its open tabs show Not found", async () => {
  const ada = await stage.signedIn("ada@example.com");
  const { path } = await makeProject(ada, "Doomed");
  const [page, open] = [await ada.open(path), await ada.open(path)];
  for (const one of [page, open]) await untilLive(one);
  await button(page, "Delete project").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await shows(heading(page), "Doomed");
  await button(page, "Delete project").click();
  await dialog.getByRole("button", { name: "Delete project", exact: true }).click();
  await page.waitForURL("**/dashboard");
  await said(page, "Project deleted");
  await shows(heading(open), "Not found", 2000);
});

test("without JavaScript all project actions work as forms", async () => {
  const visitor = await stage.signedIn("ada@example.com", { javaScriptEnabled: false });
  const { path } = await makeProject(visitor, "On paper");
  const page = await visitor.open(path);
  await field(page, "Key name").fill("Desk");
  await button(page, "Create key").click();
  await said(page, /mosaic_/);
  await page.goto(path);
  await row(page, "Desk").getByRole("button", { name: "Revoke", exact: true }).click();
  await said(page, "Key revoked");
  await field(page, "E-mail").fill("paper@example.com");
  await button(page, "Add member").click();
  await said(page, /Invited/);
  await row(page, "paper@example.com").getByRole("button", { name: "Withdraw", exact: true }).click();
  await said(page, "Invitation withdrawn");
  await field(page, "New name").fill("In ink");
  await button(page, "Rename").click();
  await shows(heading(page), "In ink");
  await page.getByRole("checkbox").check();
  await button(page, "Delete project").click();
  await page.waitForURL("**/dashboard");
  await said(page, "Project deleted");
  visitor.allow(/404/);
  const gone = await page.goto(path);
  expect(gone?.status()).toBe(404);
});

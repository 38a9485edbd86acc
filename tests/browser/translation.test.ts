import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { PERSONS_PAGES } from "../pages.ts";
import { type Batch, makeProject, sendBatch } from "./make-project.ts";
import {
  banner,
  button,
  field,
  heading,
  profileForm,
  row,
  said,
  shows,
  status,
  themePicker,
  untilHydrated,
  untilLive,
} from "./parts.ts";
import { openStage } from "./stage.ts";
import { translate, translateAtOnce } from "./translation.ts";

const stage = openStage();

const SECOND = 1000; // agents:line
const MINUTE = 60 * SECOND; // agents:line
// agents:start
/** The page's clock ticks every ten seconds. */
const UNTIL_TICK = 15 * SECOND;
// agents:end

async function openTranslated(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await untilLive(page);
  await translate(page);
}

// agents:start
const send = (key: string, metrics: Batch["metrics"]) => sendBatch(stage.stack(), key, { metrics });
// agents:end

/** Returns the stable text of a page, without messages, new keys and ages. */
const textOf = (page: Page) =>
  page.getByRole("main").evaluate((main) => {
    const copy = main.cloneNode(true) as HTMLElement;
    for (const one of copy.querySelectorAll("noscript, [role=status], pre, code")) one.remove();
    return (
      copy.textContent?.replaceAll(/\s+/g, " ").replaceAll(/just now|\d+ min ago|\d\d:\d\d(:\d\d)?/g, "…") ??
      ""
    );
  });

// agents:start
/** Waits until a translated page has the same text as `plain`, which opens its address without translation. */
async function expectCurrent(page: Page, plain: Page): Promise<void> {
  await plain.goto(page.url());
  await untilHydrated(plain);
  await expect.poll(() => textOf(page)).toBe(await textOf(plain));
}
// agents:end

test("every translated page can be left and reopened", async () => {
  const page = await (await stage.signedIn("ada@example.com")).open("/about");
  await translate(page);
  for (const path of PERSONS_PAGES.filter((path) => path !== "/about")) {
    await page.goto(path);
    await untilLive(page);
    const [title, text] = [await heading(page).textContent(), await textOf(page)];
    await translate(page);
    const other = path === "/profile" ? "Dashboard" : "Profile";
    await banner(page).place(other).click();
    await shows(heading(page), other);
    await page.goBack();
    await shows(heading(page), title ?? "");
    await expect.poll(() => textOf(page)).toBe(text);
  }
  for (const name of ["Dashboard", "Profile", "Users", "Audit log", "Settings", "Dashboard"]) {
    await banner(page).place(name).click();
    await shows(heading(page), name);
  }
});

test("every page becomes live if it is translated before hydration", async () => {
  const visitor = await stage.signedIn("ada@example.com");
  // React finds changed nodes and renders the page again.
  visitor.allow(/React error #418/);
  const page = await visitor.open("/about");
  await translateAtOnce(page);
  for (const path of PERSONS_PAGES.filter((path) => path !== "/about")) {
    await page.goto(path);
    await untilLive(page);
  }
  await banner(page).place("Profile").click();
  await shows(heading(page), "Profile");
});

// agents:start
test("a new key stays on a translated page after it is copied, and can be revoked", async () => {
  const page = await (await stage.signedIn("copy@example.com")).open("/about");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await openTranslated(page, "/dashboard");
  await field(page, "Project name").fill("Keys");
  await button(page, "Create project").click();
  await page.getByRole("link", { name: "Keys", exact: true }).click();
  await shows(heading(page), "Keys");
  await field(page, "Key name").fill("Laptop");
  await button(page, "Create key").click();
  await said(page, /Key “Laptop” created/);
  const key = (await status(page).locator("code").textContent()) ?? "";
  const copy = status(page).getByRole("button");
  await copy.click();
  await shows(copy, "Copied");
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(key);
  await expect.poll(() => copy.getAttribute("aria-busy")).toBeNull();
  await said(page, key);
  await row(page, "Laptop").getByRole("button", { name: "Revoke", exact: true }).click();
  await shows(row(page, "Laptop"), /Revoked just now/);
  await said(page, key);
});
// agents:end

// agents:start
test("a translated project page shows new metrics and edits", async () => {
  const visitor = await stage.signedIn("translated@example.com");
  const { path, key } = await makeProject(visitor, "Before");
  const page = await visitor.open("/about");
  await openTranslated(page, path);
  await send(key, [{ agent: "scout", name: "tasks", value: 1, at: Date.now() - 5.5 * MINUTE }]);
  await shows(page.getByRole("main"), /Quiet, ?5 min ago/);
  await send(key, [
    { agent: "scout", name: "tasks", value: 3.5 },
    { agent: "other", name: "load", value: 1234.2 },
  ]);
  await shows(page.getByRole("main"), /Fresh, ?just now/);
  await page.getByRole("link", { name: "24h", exact: true }).click();
  await page.getByRole("link", { name: /^load/ }).click();
  await page.getByRole("slider").focus();
  for (const key of ["Home", "End", "Escape"]) await page.keyboard.press(key);
  await field(page, "New name").fill("After");
  await button(page, "Rename").click();
  await shows(heading(page), "After");
  for (const email of ["joan@example.com", "nobody.yet@example.com"]) {
    await field(page, "E-mail").fill(email);
    await button(page, "Add member").click();
    await row(page, email).waitFor();
    await expect.poll(() => field(page, "E-mail").inputValue()).toBe("");
  }
  await row(page, "nobody.yet@example.com").getByRole("button", { name: "Withdraw", exact: true }).click();
  await expect.poll(() => row(page, "nobody.yet@example.com").count()).toBe(0);
  await expectCurrent(page, await page.context().newPage());
});
// agents:end

// agents:start
test("a translated home page shows agents that become silent or fresh, and the state of the connection", async () => {
  const visitor = await stage.signedIn("watching@example.com");
  const page = await visitor.open("/about");
  const { key } = await makeProject(visitor, "Watch");
  const now = Date.now();
  await send(key, [
    { agent: "falling", name: "n", value: 1, at: now - 15 * MINUTE + 5 * SECOND },
    { agent: "waning", name: "n", value: 1, at: now - 2 * MINUTE + 5 * SECOND },
  ]);
  await openTranslated(page, "/");
  const main = page.getByRole("main");
  await shows(main, "All is well: 2 agents");
  await shows(main, /1 agent needs attention: falling in Watch, silent, 15 min ago/, UNTIL_TICK);
  await shows(main, /1 silent1 quiet/);
  await send(key, [{ agent: "falling", name: "n", value: 2 }]);
  await shows(main, "All is well: 2 agents");
  await shows(main, /1 quiet1 fresh/);
  await expectCurrent(page, await page.context().newPage());

  visitor.allow(/WebSocket|ERR_CONNECTION/);
  await stage.stack().stopConvex();
  const foot = page.getByRole("contentinfo");
  await shows(foot, /Live data is unavailable/, 40 * SECOND);
  await stage.stack().startConvex();
  await shows(foot, /Live(?! data)/, 40 * SECOND);
});
// agents:end

test("a translated profile, theme, time zone and role show the new values", async () => {
  await stage.signedIn("joan@example.com");
  const page = await (await stage.signedIn("ada@example.com")).open("/about");
  await openTranslated(page, "/profile");
  await profileForm(page).firstName.fill("Augusta");
  await profileForm(page).save.click();
  await said(page, "Saved");
  await shows(banner(page).landmark, "Augusta");
  await banner(page).place("Settings").click();
  await themePicker(page).choice("Dark").check();
  await expect.poll(() => page.locator("html").getAttribute("data-theme")).toBe("dark");
  await field(page, "Time zone").fill("Pacific/Kiritimati");
  await button(page, "Save time zone").click();
  await said(page, "Saved");
  const now = { timeZone: "Pacific/Kiritimati", hour: "2-digit", minute: "2-digit" } as const;
  const clock = () => new Date().toLocaleTimeString("en", { ...now, hourCycle: "h23" });
  await expect.poll(async () => (await page.getByRole("main").textContent())?.includes(clock())).toBe(true);
  await banner(page).place("Users").click();
  const person = row(page, "joan@example.com");
  await person.getByRole("combobox").selectOption("viewer");
  await person.getByRole("button", { name: "Save role", exact: true }).click();
  await said(page, "Saved");
});

test("a translated tab is signed out in place, and a translated Not found page links to the start page", async () => {
  const visitor = await stage.signedIn("leaving@example.com");
  visitor.allow(/401|404/);
  const page = await visitor.open("/about");
  await openTranslated(page, "/dashboard");
  const other = await visitor.open("/settings");
  await banner(other).signOut.click();
  await banner(page).signIn.waitFor();
  await page.goto("/nowhere");
  await untilHydrated(page);
  await translate(page);
  await page.getByRole("link", { name: "Go to the start page" }).click();
  await banner(page).signIn.waitFor();
});

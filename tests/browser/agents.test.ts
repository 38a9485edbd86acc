/** Agents in a browser: health by the page's clock, the filter, the page of an agent, and getting started. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { type Batch, makeProject, sendBatch } from "./make-project.ts";
import { button, field, heading, said, shows, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();
const MINUTE = 60_000;

const send = (key: string, batch: Batch) => sendBatch(stage.stack(), key, batch);
const tiles = (page: Page) => page.locator("li.agent");

test("the page's clock drives health, and it is right within 2 s after sleep", async () => {
  const visitor = await stage.signedIn("dozer@example.com", {
    // The wall clock can be set while the monotonic clock continues, as in sleep.
    without: `{
      const { now } = Date;
      let ahead = 0;
      Date.now = () => now() + ahead;
      window.setClock = (ms) => { ahead += ms; };
    }`,
  });
  visitor.allow(/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|WebSocket/);
  const { path, key } = await makeProject(visitor, "Sleepers");
  await send(key, { metrics: [{ agent: "napper", name: "n", value: 1 }] });
  const [page, home] = [await visitor.open(path), await visitor.open("/")];
  await untilLive(page);
  await untilLive(home);
  await shows(tiles(page), "Fresh, just now");
  await shows(home.getByRole("main"), "All is well");
  await visitor.setOffline(true);
  for (const [ms, word] of [
    [195_000, "Quiet, 3 min ago"],
    [13 * MINUTE, "Silent, 16 min ago"],
  ] as const) {
    await Promise.all([page, home].map((one) => one.evaluate((ms) => window.setClock(ms), ms)));
    await shows(tiles(page), word, 2_000);
  }
  await shows(home.getByRole("main"), /1 agent needs attention: napper in Sleepers, silent, 16 min ago/);
});

test("the field follows the filter at once and the URL after it, and a link of the summary sets it", async () => {
  const visitor = await stage.signedIn("finder@example.com");
  const { path, key } = await makeProject(visitor, "Haystack");
  const names = ["needle", "hay 1", "hay 2"];
  await send(key, {
    metrics: names.map((agent) => ({ agent, name: "n", value: 1 })),
    statuses: [{ agent: "hay 2", state: "failed", message: "too dry" }],
  });
  const page = await visitor.open(path);
  await untilLive(page);
  await expect.poll(() => tiles(page).count()).toBe(3);
  const search = page.getByRole("searchbox", { name: "Find an agent" });
  await search.pressSequentially("need");
  await expect.poll(() => tiles(page).count()).toBe(1);
  await page.waitForURL(/\?q=need/);
  expect(await search.evaluate((input) => input === document.activeElement)).toBe(true);
  await page.getByRole("link", { name: "1 failed", exact: true }).click();
  await page.waitForURL(/\?health=failed$/);
  await shows(tiles(page), /hay 2.*Failed, just now.*too dry/);
  expect(await search.inputValue()).toBe("");
  expect(await page.getByRole("combobox", { name: "Health" }).inputValue()).toBe("failed");
  await page.getByRole("combobox", { name: "Health" }).selectOption("");
  await expect.poll(() => tiles(page).count()).toBe(3);
});

test("the page of an agent with an odd name is live, and muting shows at once", async () => {
  const visitor = await stage.signedIn("namer@example.com");
  const { path, key } = await makeProject(visitor, "Odd names");
  const names = ["a%2Fb", "a/b", "🦊 fox.data"];
  await send(key, {
    metrics: names.map((agent) => ({ agent, name: "tasks", value: 3, kind: "counter" as const })),
  });
  const page = await visitor.open(path);
  await untilLive(page);
  for (const [index, name] of names.entries()) {
    if (index > 0) await page.goBack();
    await page.getByRole("link", { name, exact: true }).click();
    await expect.poll(() => heading(page).textContent()).toBe(name);
  }
  const url = page.url();
  await page.reload();
  await untilLive(page);
  expect(page.url()).toBe(url);
  await expect.poll(() => page.title()).toBe("🦊 fox.data · Mosaic");
  await page.getByRole("figure", { name: "Sum of tasks of 🦊 fox.data, last hour" }).waitFor();
  await send(key, { statuses: [{ agent: "🦊 fox.data", state: "waiting", message: "May I?" }] });
  await shows(page.getByRole("list", { name: "States" }), /Waiting May I\?/);
  await page.getByLabel("Mute for").selectOption("1 day");
  await button(page, "Mute").click();
  await shows(page.getByRole("main"), /Muted until/, 1_000);
  await button(page, "Unmute").click();
  await button(page, "Mute").waitFor();
  await field(page, "Every (minutes)").fill("5");
  await button(page, "Save").click();
  await said(page, "Saved");
  await shows(page.getByRole("main"), /every 5 min \(set\)/);
  await page.getByRole("link", { name: "30d", exact: true }).click();
  await page.getByRole("figure", { name: /last 30 days/ }).waitFor();
});

test("the totals of a new counter appear live, sort, and are copied as a table", async () => {
  const visitor = await stage.signedIn("cashier@example.com");
  const { path, key } = await makeProject(visitor, "Tills");
  await send(key, { metrics: [{ agent: "a", name: "load", value: 1 }] });
  const page = await visitor.open(path);
  await untilLive(page);
  await tiles(page).waitFor();
  const table = page.getByRole("table", { name: "Totals" });
  expect(await table.count()).toBe(0);
  await send(key, {
    metrics: [
      { agent: "a", name: "cost", value: 1.5, kind: "counter" },
      { agent: "b", name: "cost", value: 1234.5, kind: "counter" },
    ],
  });
  await shows(table, /acost1.51.51.5.*bcost1,234.51,234.51,234.5/, 2_000);
  await table.getByRole("link", { name: "30 days" }).click();
  await shows(table, /bcost.*acost/);
  const sortedBy = table.getByRole("columnheader", { name: "30 days" });
  expect(await sortedBy.getAttribute("aria-sort")).toBe("descending");
  await page.evaluate(() => {
    navigator.clipboard.writeText = async (text) => {
      document.title = text;
    };
  });
  const copy = page
    .getByRole("region", { name: "Totals" })
    .getByRole("button", { name: "Copy", exact: true });
  await copy.click();
  await expect.poll(() => page.title()).toContain("b cost 1234.5 1234.5 1234.5");
});

test("a new project shows how to send with each tool, also without JavaScript", async () => {
  const visitor = await stage.signedIn("starter@example.com", { javaScriptEnabled: false });
  const { path } = await makeProject(visitor, "Start");
  const page = await visitor.open(path);
  await field(page, "Key name").fill("Desk");
  await button(page, "Create key").click();
  const key =
    (await page
      .getByRole("status")
      .getByText(/^mosaic_/)
      .textContent()) ?? "";
  for (const name of ["Python", "TypeScript", "OpenTelemetry", "Claude Code", "Collector", "curl"]) {
    await page.getByRole("radio", { name, exact: true }).check();
    const code = page.getByRole("region", { name, exact: true }).locator("code");
    await shows(code, key);
    expect(await page.locator("pre.code:visible").count()).toBe(1);
  }
  const link = page.getByRole("link", { name: "OpenAPI document" });
  expect(await link.getAttribute("href")).toBe("/api/v1/openapi.json");
});

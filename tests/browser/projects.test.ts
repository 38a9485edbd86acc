/** Projects in a browser: metrics, charts and ages, live in every tab and in the HTML. */
import { expect, test } from "vitest";
import { type Batch, makeProject, sendBatch } from "./make-project.ts";
import { banner, button, field, heading, projectForm, shows, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();

const send = (key: string, metrics: Batch["metrics"]) => sendBatch(stage.stack(), key, { metrics });

test("a first project and its command take two clicks, and the first metric appears live", async () => {
  const page = await (await stage.signedIn("first@example.com")).open("/dashboard");
  await untilLive(page);
  await shows(page.getByRole("main"), "No projects yet");
  await field(page, "Project name").fill("Night watch");
  await button(page, "Create project").click();
  await projectForm(page).entry("Night watch").getByRole("button").click();
  await shows(heading(page), "Night watch");
  const command = await page.getByText(/^# Night watch/).textContent();
  expect(command).toMatch(/Bearer mosaic_\w{20,}/);
  expect(page.url()).not.toContain("mosaic_");
  await shows(page.getByRole("main"), "No metrics yet");
  const [, key = ""] = /Bearer (mosaic_\w+)/.exec(command ?? "") ?? [];
  await untilLive(page);
  await send(key, [{ agent: "scout", name: "tasks", value: 0.125 }]);
  await page.getByRole("figure", { name: /tasks of scout/ }).waitFor();
  await shows(page.getByRole("table"), "0.125");
  await page.reload();
  expect(await page.getByText(key).count()).toBe(0);
});

test("a double click on the key button creates one key", async () => {
  const page = await (await stage.signedIn("twice@example.com")).open("/dashboard");
  await untilLive(page);
  await field(page, "Project name").fill("Twice");
  await button(page, "Create project").click();
  await projectForm(page).entry("Twice").getByRole("button").dblclick();
  await shows(heading(page), "Twice");
  await page.getByText(/^# Twice/).waitFor();
  expect(await button(page, "Revoke").count()).toBe(1);
});

test("a metric shows in every open tab within 2 s, and its tile flashes", async () => {
  const visitor = await stage.signedIn("tabs@example.com");
  const { path, key } = await makeProject(visitor, "Tides");
  await send(key, [{ agent: "buoy", name: "height", value: 1.5, at: Date.now() - 120_000 }]);
  const [dashboard, chart] = [await visitor.open("/dashboard"), await visitor.open(path)];
  await untilLive(dashboard);
  await untilLive(chart);
  const tile = dashboard.locator("li.tile").filter({ hasText: "buoy" });
  await shows(tile, "1.5");
  await send(key, [{ agent: "buoy", name: "height", value: 2.75 }]);
  await Promise.all([shows(tile, "2.75", 2000), shows(chart.getByRole("table"), "2.75", 2000)]);
  expect(await dashboard.locator(".tile-flash").count()).toBe(1);
});

/** Lets a test set the wall clock while the monotonic clock continues, as in sleep. */
const SETTABLE_CLOCK = `{
  const { now } = Date;
  let ahead = 0;
  Date.now = () => now() + ahead;
  window.setClock = (ms) => { ahead += ms; };
}`;

declare global {
  interface Window {
    setClock(ms: number): void;
  }
}

test("an offline tab shows the right ages within 2 s after sleep", async () => {
  const visitor = await stage.signedIn("sleeper@example.com", { without: SETTABLE_CLOCK });
  visitor.allow(/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|WebSocket/);
  const { key } = await makeProject(visitor, "Bunks");
  await send(key, [{ agent: "hammock", name: "swing", value: 1 }]);
  const page = await visitor.open("/dashboard");
  await untilLive(page);
  const tile = page.locator("li.tile").filter({ hasText: "hammock" });
  await shows(tile, "just now");
  await visitor.setOffline(true);
  await page.evaluate(() => window.setClock(195_000));
  await shows(tile, "3 min ago", 2_000);
});

test("ages ignore a wrong device clock, and recover soon after the clock is changed", async () => {
  const visitor = await stage.signedIn("timekeeper@example.com", {
    without: `${SETTABLE_CLOCK} setClock(3 * 3_600_000)`,
  });
  visitor.allow(/ERR_INTERNET_DISCONNECTED|ERR_CONNECTION|WebSocket/);
  const { key } = await makeProject(visitor, "Clocks");
  await send(key, [{ agent: "sextant", name: "angle", value: 1 }]);
  const page = await visitor.open("/dashboard");
  await untilLive(page);
  const tile = page.locator("li.tile").filter({ hasText: "sextant" });
  await shows(tile, "just now");
  await page.evaluate(() => window.setClock(3 * 3_600_000));
  await shows(tile, "3 h ago", 2_000);
  await shows(tile, "just now", 15_000);
  await visitor.setOffline(true);
  const clock = (at: number) => new Date(at).toISOString().slice(11, 16);
  const footer = page.getByRole("contentinfo");
  await shows(footer, "Offline");
  expect([clock(Date.now()), clock(Date.now() - 60_000)]).toContain(
    /as of (\d\d:\d\d)/.exec((await footer.textContent()) ?? "")?.[1],
  );
});

test("the server's HTML has the chart as a figure with a table, and the URL has its range", async () => {
  const visitor = await stage.signedIn("html@example.com", { javaScriptEnabled: false });
  const { path, key } = await makeProject(visitor, "Plain");
  const now = Date.now();
  await send(key, [
    { agent: "old", name: "n", value: 7, at: now - 50_000 },
    { agent: "new", name: "n", value: 8.125, at: now },
    { agent: "new", name: "n", value: 9.5, at: now - 3 * 3_600_000 },
  ]);
  // Without JavaScript, the page shows the metrics once they are folded.
  const page = await visitor.open(path);
  const figure = page.getByRole("figure", { name: "Mean of n of new, last hour" });
  const reload = async () => {
    await page.goto(path);
    return await figure.count();
  };
  await expect.poll(reload).toBe(1);
  expect(await page.getByRole("table").getByRole("row").count()).toBe(2);
  await shows(page.getByRole("table"), "8.125");
  await page.getByRole("link", { name: "24h", exact: true }).click();
  expect(new URL(page.url()).searchParams.get("range")).toBe("24h");
  await shows(page.getByRole("table"), "9.5");
  expect(await page.locator("figure svg path[d^=M], figure svg circle").count()).toBeGreaterThan(0);
});

test("the keyboard moves through the points of a chart", async () => {
  const visitor = await stage.signedIn("keys@example.com");
  const { path, key } = await makeProject(visitor, "Arrows");
  const now = Date.now();
  await send(
    key,
    [1, 2, 3].map((n) => ({ agent: "a", name: "n", value: n * 10, at: now - (3 - n) * 120_000 })),
  );
  const page = await visitor.open(path);
  await untilLive(page);
  const slider = page.getByRole("slider");
  await slider.focus();
  await expect.poll(() => slider.getAttribute("aria-valuetext")).toMatch(/: 30, 1 metric$/);
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => slider.getAttribute("aria-valuetext")).toMatch(/: 20, 1 metric$/);
  await page.keyboard.press("Home");
  await expect.poll(() => slider.getAttribute("aria-valuetext")).toMatch(/: 10, 1 metric$/);
  await shows(page.locator(".chart-tip"), "10");
  await page.keyboard.press("Escape");
  expect(await page.locator(".chart-tip").count()).toBe(0);
});

test("with Convex stopped the project and admin pages say so, and recover without a reload", async () => {
  const ada = await stage.signedIn("ada@example.com");
  ada.allow(/WebSocket|ERR_CONNECTION|503/);
  const { path, key } = await makeProject(ada, "Weather");
  await send(key, [{ agent: "station", name: "wind", value: 12 }]);
  await stage.stack().stopConvex();
  const [project, users, audit] = [
    await ada.open(path),
    await ada.open("/admin/users"),
    await ada.open("/admin/audit"),
  ];
  for (const page of [project, users, audit]) {
    await shows(page.getByRole("main"), "Live data is unavailable");
    await banner(page).signOut.waitFor();
  }
  await stage.stack().startConvex();
  await shows(heading(project), "Weather", 30_000);
  await project.getByRole("figure", { name: /wind of station/ }).waitFor();
  await users.getByRole("combobox", { name: "Role of ada@example.com" }).waitFor({ timeout: 30_000 });
  await shows(heading(audit), "Audit log", 30_000);
}, 90_000);

test("hovering over a project's link prefetches its page", async () => {
  const visitor = await stage.signedIn("pointer@example.com");
  const { path } = await makeProject(visitor, "Ahead");
  const page = await visitor.open("/dashboard");
  await untilLive(page);
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith(`${path}.data`)) asked.push(request.headers()["sec-purpose"] ?? "now");
  });
  await page.getByRole("link", { name: "Ahead", exact: true }).hover();
  await expect.poll(() => asked).toEqual(["prefetch"]);
  await page.getByRole("link", { name: "Ahead", exact: true }).click();
  await shows(heading(page), "Ahead");
});

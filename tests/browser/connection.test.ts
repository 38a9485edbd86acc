/** Behavior of a page while its connection to Convex is silent or frozen. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { LineMode } from "./line.ts";
import { projectForm, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();
const line = (mode: LineMode) => stage.stack().setLine(mode);

/** Waits until the page says that live data is unavailable. */
async function untilUnavailable(page: Page, timeout: number): Promise<void> {
  await page.getByRole("contentinfo").getByText("Live data is unavailable").waitFor({ timeout });
}

const waiting = (page: Page) => page.getByText("Waiting", { exact: true }); // agents:line

// agents:start
test("a silent socket is detected within 30 s, and a pending edit is applied once afterwards", async () => {
  const visitor = await stage.signedIn("ada@example.com");
  visitor.allow(/WebSocket/);
  const page = await visitor.open("/dashboard");
  await untilLive(page);
  await line("silent-sockets");
  await projectForm(page).name.fill("Made in silence");
  await projectForm(page).create.click();
  await waiting(page).first().waitFor();
  await untilUnavailable(page, 30_000);
  expect(await waiting(page).count()).toBeGreaterThan(0);
  await line("open");
  await untilLive(page);
  await expect.poll(() => waiting(page).count(), { timeout: 20_000 }).toBe(0);
  expect(await projectForm(page).entry("Made in silence").count()).toBe(1);
}, 120_000);
// agents:end

/** Lets a test send a message to the page as if it had been on its way. */
const KEEP_SOCKET = `window.WebSocket = class extends WebSocket {
  constructor(...args) {
    super(...args);
    window.newestSocket = this;
  }
};`;

test("a tab that becomes visible while Convex is frozen says so within 2 s, and recovers", async () => {
  const visitor = await stage.signedIn("grace@example.com", { without: KEEP_SOCKET });
  visitor.allow(/WebSocket/);
  const page = await visitor.open("/profile");
  await untilLive(page);
  await line("frozen");
  // In headless Chromium every tab is visible, so the event is dispatched by hand.
  await page.evaluate(() => {
    document.dispatchEvent(new Event("visibilitychange"));
    const ping = new MessageEvent("message", { data: JSON.stringify({ type: "Ping" }) });
    (window as unknown as { newestSocket: WebSocket }).newestSocket.dispatchEvent(ping);
  });
  await untilUnavailable(page, 2_000);
  await line("open");
  await untilLive(page);
});

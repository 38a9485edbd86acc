/** The server's HTML stays on the page while React hydrates it. */
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { PERSONS_PAGES } from "../pages.ts";
import { LAYOUT_SHIFT_LIMIT, untilLive } from "./parts.ts";
import { openStage } from "./stage.ts";

const stage = openStage();

/** Counts how often the heading of the page was taken out of the document or hidden. */
const WATCH = `
  window.headingsLost = 0;
  let before;
  new MutationObserver(() => {
    const heading = document.querySelector("h1");
    if (before && (heading !== before || heading.getClientRects().length === 0)) window.headingsLost++;
    before = heading ?? before;
  }).observe(document, { childList: true, subtree: true, attributes: true });
`;

/** Lets every script that the HTML does not name arrive late, so that hydration waits for it or fails to. */
async function delayLazyScripts(page: Page): Promise<void> {
  let html = "";
  page.on("response", async (response) => {
    if (response.request().isNavigationRequest()) html = await response.text();
  });
  await page.route("**/assets/*.js", async (route) => {
    const { pathname } = new URL(route.request().url());
    if (!html.includes(pathname)) await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
}

test("no page of a user loses its content while code that it loads lazily is on its way", async () => {
  const visitor = await stage.signedIn("ada@example.com");
  const page = await visitor.open("/healthz");
  await page.addInitScript({ content: WATCH });
  await delayLazyScripts(page);
  for (const path of PERSONS_PAGES.filter((path) => path !== "/about")) {
    await page.goto(path);
    await untilLive(page);
    expect(await page.evaluate("window.headingsLost"), path).toBe(0);
    expect(await page.evaluate(() => window.layoutShift), path).toBeLessThan(LAYOUT_SHIFT_LIMIT);
  }
});

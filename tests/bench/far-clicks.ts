/** Benchmark: time from a click on a project to its heading, with and without hovering first. */
import { launchChromium } from "../browser/chromium.ts";

/** Typical time that a user hovers over a link before the click; longer than the round trip to Convex. */
const HOVER_MS = 250;

/**
 * Clicks each project on the dashboard, every other one after hovering.
 *
 * @param app - The URL of the app.
 * @param cookie - The user's cookies.
 * @param paths - Paths of projects on the dashboard. Each is clicked once, because prefetched data is cached.
 * @returns The times in milliseconds, by kind of click.
 */
export async function clicks(
  app: string,
  cookie: string,
  paths: readonly string[],
): Promise<Record<string, number[]>> {
  const browser = await launchChromium();
  try {
    const context = await browser.newContext({ baseURL: app });
    await context.addCookies(
      cookie.split("; ").map((pair) => {
        const split = pair.indexOf("=");
        return { name: pair.slice(0, split), value: pair.slice(split + 1), url: app };
      }),
    );
    const page = await context.newPage();
    const taken: Record<"hovered" | "unhovered", number[]> = { hovered: [], unhovered: [] };
    await page.goto("/dashboard");
    await page.getByRole("contentinfo").getByText("Live", { exact: true }).waitFor();
    for (const [index, path] of paths.entries()) {
      const link = page.locator(`h2 > a[href="${path}"]`);
      const hovered = index % 2 === 1;
      await page.mouse.move(0, 0);
      if (hovered) {
        await link.hover();
        await page.waitForTimeout(HOVER_MS);
      }
      // Clicks and measures inside the page, to exclude Playwright's overhead.
      const ms = await link.evaluate(async (element) => {
        const wanted = element.textContent;
        const began = performance.now();
        (element as HTMLElement).click();
        while (document.querySelector("h1")?.textContent !== wanted) {
          await new Promise((painted) => requestAnimationFrame(painted));
        }
        return performance.now() - began;
      });
      if (index > 1) taken[hovered ? "hovered" : "unhovered"].push(ms); // the first clicks load code
      await page.getByRole("navigation").getByRole("link", { name: "Dashboard", exact: true }).click();
      await page.locator(`h2 > a[href="${path}"]`).waitFor();
    }
    return { "a click on a link": taken.unhovered, "the same after 250 ms on it": taken.hovered };
  } finally {
    await browser.close();
  }
}

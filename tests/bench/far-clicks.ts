/** How long a click on a project takes until its heading shows, with the pointer on the link before and without. */
import { launchChromium } from "../browser/chromium.ts";

/** A hand that goes to a link rests on it about this long; longer than the way to Convex. */
const HOVER_MS = 250;

/** @param paths Projects on the dashboard, each clicked once: data asked for ahead is kept for a while. */
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
      const link = page.locator(`a[data-prefetch][href="${path}"]`);
      const hovered = index % 2 === 1;
      await page.mouse.move(0, 0);
      if (hovered) {
        await link.hover();
        await page.waitForTimeout(HOVER_MS);
      }
      // Clicked and watched in the page itself: what Playwright takes to say it is not what a person waits for.
      const ms = await link.evaluate(async (element) => {
        const wanted = element.textContent;
        const began = performance.now();
        (element as HTMLElement).click();
        while (document.querySelector("h1")?.textContent !== wanted) {
          await new Promise((painted) => requestAnimationFrame(painted));
        }
        return performance.now() - began;
      });
      if (index > 1) taken[hovered ? "hovered" : "unhovered"].push(ms); // the first loads the page's code
      await page.getByRole("navigation").getByRole("link", { name: "Dashboard", exact: true }).click();
      await page.locator(`a[data-prefetch][href="${path}"]`).waitFor();
    }
    return { "a click on a link": taken.unhovered, "the same after 250 ms on it": taken.hovered };
  } finally {
    await browser.close();
  }
}

import { startStack } from "./tests/browser/stack.ts";
import { launchChromium } from "./tests/browser/chromium.ts";
import { Visitor } from "./tests/browser/visitor.ts";
const [stack, browser] = await Promise.all([startStack(), launchChromium()]);
const times: Record<string, number[]> = { ahead: [], not: [] };
for (let i = 0; i < 16; i++) {
  const kind = i % 2 ? "ahead" : "not";
  const visitor = await Visitor.arrive(browser, stack);
  await visitor.signIn("ada@example.com");
  const page = await visitor.open("/about");
  if (kind === "not") await page.route(/assets\/load-ahead-/, (r) => r.abort());
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", { offline: false, latency: 100, downloadThroughput: 1e6, uploadThroughput: 1e6 });
  await page.goto("/dashboard");
  await page.getByRole("contentinfo").getByText("Live", { exact: true }).waitFor();
  await page.waitForTimeout(4000);
  const ms = await page.evaluate(async () => {
    const link = [...document.querySelectorAll("nav a")].find((a) => a.textContent === "Settings") as HTMLElement;
    const began = performance.now(); link.click();
    while (document.querySelector("h1")?.textContent !== "Settings") await new Promise((r) => requestAnimationFrame(r));
    return performance.now() - began;
  });
  times[kind]?.push(ms);
  await visitor.leave();
}
for (const [k, v] of Object.entries(times)) console.log(k, v.sort((a, b) => a - b).map(Math.round).join(" "), "median", Math.round(v[v.length >> 1] ?? 0));
await browser.close(); await stack.close(); process.exit(0);

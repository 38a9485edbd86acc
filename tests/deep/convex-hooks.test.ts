/** A developer's new page with the hooks of `convex/react`, in a copy of the app that has one more route. */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../browser/chromium.ts";
import { Contexts } from "../browser/contexts.ts";
import { shows } from "../browser/parts.ts";
import { type OwnStack, startStack } from "../browser/stack.ts";
import { Visitor } from "../browser/visitor.ts";
import { type Checkout, copyCheckout } from "../deploy/checkout.ts";

let checkout: Checkout;
let stack: OwnStack;
let browser: Browser;

beforeAll(async () => {
  checkout = copyCheckout();
  const routes = join(checkout.dir, "app/routes.ts");
  const table = readFileSync(routes, "utf8");
  const changed = table.replace('route("login"', 'route("hooks", "routes/hooks.tsx"), route("login"');
  expect(changed).not.toBe(table);
  writeFileSync(routes, changed);
  cpSync("tests/deep/hooks-page.tsx", join(checkout.dir, "app/routes/hooks.tsx"));
  [stack, browser] = await Promise.all([startStack(checkout.dir), launchChromium()]);
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await stack?.close();
  checkout?.remove();
});

test("useQuery, useMutation, usePaginatedQuery and useConvexAuth work on a signed-in page", async () => {
  const visitor = await Visitor.arrive(new Contexts(browser, stack.appUrl), stack);
  // Two sign-ins, so that there are two events.
  await visitor.signIn("ada@example.com");
  await visitor.signIn("ada@example.com");
  expect(await visitor.html("/hooks")).toMatch(/id="auth">loading<.*id="events">\? LoadingFirstPage</s);
  const page = await visitor.open("/about"); // a page that does not connect
  const sockets: string[] = [];
  const tokens: string[] = [];
  page.on("websocket", (socket) => sockets.push(socket.url()));
  page.on("request", (request) => request.url().endsWith("/api/auth/token") && tokens.push(request.url()));
  await page.goto("/hooks");
  await shows(page.locator("#auth"), "authenticated");
  await shows(page.locator("#events"), "1 CanLoadMore");
  await page.getByRole("button", { name: "Move" }).click();
  await shows(page.locator("#zone"), "Asia/Tokyo");
  await page.getByRole("button", { name: "More" }).click();
  await shows(page.locator("#events"), /^[2-9] Exhausted/);
  expect([sockets.length, tokens.length]).toEqual([1, 1]);
  expect(await visitor.leave()).toEqual([]);
});

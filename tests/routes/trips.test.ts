/** How often a step of a visit goes out to Convex and WorkOS: that, and not the work, is what it costs far away. */
import { expect, it } from "vitest";
import type { Browser } from "./browser.ts";
import { startMosaic } from "./harness.ts";
import { authenticate, calls } from "./outbound.ts";
import { signIn } from "./sign-in.ts";

const app = startMosaic();

async function someone(): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, app.person());
  app.outbound.forget();
  return browser;
}

const trips = () => ({ workos: app.outbound.count("workos"), convex: app.outbound.count("convex") });

it.each(["/", "/dashboard", "/profile", "/settings", "/settings/activity", "/settings/account"])(
  "%s costs one trip to Convex, as a page and as data",
  async (path) => {
    const browser = await someone();
    expect((await browser.get(path)).status).toBe(200);
    expect(trips()).toEqual({ workos: 0, convex: 1 });
    app.outbound.forget();
    expect((await browser.data(path)).status).toBe(200);
    expect(trips()).toEqual({ workos: 0, convex: 1 });
  },
);

it("a guest's page costs none", async () => {
  const guest = app.browser();
  app.outbound.forget();
  for (const path of ["/", "/login", "/about"]) await guest.get(path);
  expect(trips()).toEqual({ workos: 0, convex: 0 });
});

it("a sign-in costs one trip for the code, at most one for WorkOS's keys, and one to Convex", async () => {
  await app.restart(); // a worker that has no keys yet
  app.outbound.forget();
  await signIn(app.browser(), app.person());
  expect(app.outbound.count("workos", authenticate("authorization_code"))).toBe(1);
  expect(app.outbound.count("workos")).toBeLessThanOrEqual(2);
  expect(trips().convex).toBe(1);
});

it("the browser's token costs none, and a new one one trip to WorkOS", async () => {
  const browser = await someone();
  expect((await browser.token()).status).toBe(200);
  expect(trips()).toEqual({ workos: 0, convex: 0 });
  expect((await browser.token({ forceRefresh: true })).status).toBe(200);
  expect(app.outbound.count("workos", authenticate("refresh_token"))).toBe(1);
  // Convex is told that the session is in use, and nobody waits for that.
  expect(trips().convex - app.outbound.count("convex", calls("edge:refreshed"))).toBe(0);
});

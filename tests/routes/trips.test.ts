/** Number of requests to Convex and WorkOS per step, because round trips dominate the latency. */
import { expect, it } from "vitest";
import type { Browser } from "./browser.ts";
import { authenticate, calls } from "./outbound.ts";
import { signIn } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

// Not the harness that test files share: their sessions call Convex later, for example to repeat a sign-out.
const app = startMosaic({ isolates: 1 });

async function signInUser(): Promise<Browser> {
  const browser = app.browser();
  await signIn(browser, app.person());
  app.outbound.forget();
  return browser;
}

/** Returns the number of requests to WorkOS, and the functions called at Convex. */
function trips() {
  const called = app.outbound.requests.filter(({ upstream }) => upstream === "convex");
  return { workos: app.outbound.count("workos"), convex: called.map(({ what }) => what) };
}

it.each(["/", "/dashboard", "/profile", "/settings/activity", "/settings/account"])(
  "%s takes one request to Convex, as a page and as data",
  async (path) => {
    const browser = await signInUser();
    expect((await browser.get(path)).status).toBe(200);
    expect(trips()).toEqual({ workos: 0, convex: [expect.any(String)] });
    app.outbound.forget();
    expect((await browser.data(path)).status).toBe(200);
    expect(trips()).toEqual({ workos: 0, convex: [expect.any(String)] });
  },
);

it("/settings takes one request to Convex, and one to WorkOS at the same time for the organizations", async () => {
  const browser = await signInUser();
  const held = app.outbound.hold("convex", calls("pages:settings"));
  const page = browser.get("/settings");
  await app.outbound.seen("workos", () => true, 1, 5_000);
  await held.arrived;
  held.release();
  expect((await page).status).toBe(200);
  expect(trips()).toEqual({ workos: 1, convex: ["pages:settings"] });
});

it("a guest's page takes no request", async () => {
  const guest = app.browser();
  app.outbound.forget();
  for (const path of ["/", "/login", "/about"]) await guest.get(path);
  expect(trips()).toEqual({ workos: 0, convex: [] });
});

it("a sign-in takes one request for the code, at most one for WorkOS's keys, and one to Convex", async () => {
  await app.restart(); // a worker without cached keys
  app.outbound.forget();
  await signIn(app.browser(), app.person());
  expect(app.outbound.count("workos", authenticate("authorization_code"))).toBe(1);
  expect(app.outbound.count("workos")).toBeLessThanOrEqual(2);
  expect(trips().convex).toHaveLength(1);
});

it("a token takes no request, and a forced refresh takes one to WorkOS", async () => {
  const browser = await signInUser();
  expect((await browser.token()).status).toBe(200);
  expect(trips()).toEqual({ workos: 0, convex: [] });
  expect((await browser.token({ forceRefresh: true })).status).toBe(200);
  expect(app.outbound.count("workos", authenticate("refresh_token"))).toBe(1);
  // The worker notifies Convex that the session is in use without waiting for it.
  expect(trips().convex.filter((what) => what !== "edge:refreshed")).toEqual([]);
});

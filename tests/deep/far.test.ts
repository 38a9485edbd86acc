/**
 * The same build far from its upstreams: 80 ms to Convex, 150 ms to WorkOS. What each step of a visit costs is a number
 * of trips, and hardly more than their time. `npm run bench -- far` prints the table.
 */
import { afterAll, beforeEach, expect, it } from "vitest";
import { type Answer, type Browser, jsonOf } from "../routes/browser.ts";
import { startMosaic } from "../routes/harness.ts";
import { signIn } from "../routes/sign-in.ts";

const CONVEX_MS = 80;
const WORKOS_MS = 150;
/** What the machine itself may add to the trips, in milliseconds. */
const SLACK_MS = 30;
const ROUNDS = 15;

/** A token of half a minute is near its end at once: each page of a new session has to refresh. */
const app = startMosaic();
const brief = startMosaic({ accessTokenSeconds: 30 });

const rows: string[] = [];
afterAll(() => {
  process.stdout.write(`\n${rows.join("\n")}\n`);
});

beforeEach(() => {
  for (const { outbound } of [app, brief]) {
    outbound.fail("convex", { kind: "slow", ms: CONVEX_MS });
    outbound.fail("workos", { kind: "slow", ms: WORKOS_MS });
  }
});

type Trips = { workos: number; convex: number };

/** Takes a step several times; what it asks for while it is waited for is counted, and its median time taken. */
async function measure(
  name: string,
  harness: typeof app,
  prepare: () => Promise<Browser>,
  step: (browser: Browser) => Promise<Answer>,
): Promise<{ trips: Trips; ms: number; over: number }> {
  const times: number[] = [];
  let trips: Trips = { workos: 0, convex: 0 };
  for (let round = -2; round < ROUNDS; round += 1) {
    const browser = await prepare();
    harness.outbound.forget();
    const { ms, status } = await step(browser);
    trips = { workos: harness.outbound.count("workos"), convex: harness.outbound.count("convex") };
    if (status >= 400) throw new Error(`${name} answered ${status}`);
    if (round >= 0) times.push(ms); // the first warm up, and fetch WorkOS's keys
  }
  const ms = times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  const far = trips.workos * WORKOS_MS + trips.convex * CONVEX_MS;
  rows.push(
    `${name.padEnd(34)} WorkOS ${trips.workos}, Convex ${trips.convex}; ${ms.toFixed(0)} ms, ${(ms / Math.max(far, 1)).toFixed(2)} of the trips' ${far} ms`,
  );
  return { trips, ms, over: ms - far };
}

let someone: Browser | undefined;
async function signedIn(): Promise<Browser> {
  if (someone === undefined) {
    someone = app.browser();
    await signIn(someone, app.person());
  }
  return someone;
}

it.each(["/", "/dashboard", "/profile", "/settings"])("%s costs one trip to Convex", async (path) => {
  const page = await measure(`page ${path}`, app, signedIn, (browser) => browser.get(path));
  expect(page.trips).toEqual({ workos: 0, convex: 1 });
  expect(page.over).toBeLessThan(SLACK_MS);
});

it("a navigation costs one trip to Convex", async () => {
  const navigation = await measure("navigation to /dashboard", app, signedIn, (browser) =>
    browser.data("/dashboard"),
  );
  expect(navigation.trips).toEqual({ workos: 0, convex: 1 });
  expect(navigation.over).toBeLessThan(SLACK_MS);
});

it("the browser's token costs no trip", async () => {
  const token = await measure("the browser's token", app, signedIn, (browser) => browser.token());
  expect(token.trips).toEqual({ workos: 0, convex: 0 });
  expect(token.ms).toBeLessThan(SLACK_MS);
});

it("a sign-in costs at most two trips to WorkOS and one to Convex", async () => {
  const newcomer = async () => app.browser();
  const callback = await measure("the callback of a sign-in", app, newcomer, (browser) =>
    signIn(browser, app.person()),
  );
  expect(callback.trips.workos).toBeLessThanOrEqual(2);
  expect(callback.trips.convex).toBe(1);
});

it("a refresh costs one trip to WorkOS", async () => {
  const fresh = async () => {
    const browser = brief.browser();
    await signIn(browser, brief.person());
    return browser;
  };
  const token = await measure("a token that has to be refreshed", brief, fresh, (browser) => browser.token());
  expect(token.trips.workos).toBe(1);
  expect(token.ms).toBeLessThan(WORKOS_MS + CONVEX_MS);
  const page = await measure("a page that has to refresh", brief, fresh, (browser) =>
    browser.get("/dashboard"),
  );
  expect(page.trips.workos).toBe(1);
  expect(jsonOf(await (await fresh()).token())).toHaveProperty("token");
});

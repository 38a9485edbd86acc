/**
 * Every endpoint of WorkOS and Convex that the worker calls, failing in every way: status, response time and
 * session. Prints a table at the end.
 */
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { type Answer, type Browser, jsonOf, locationOf } from "./browser.ts";
import { COOKIE_PASSWORD } from "./harness.ts";
import { APP_URL } from "./matchers.ts";
import { authenticate, calls, type Fault, type OutboundRequest, type Upstream } from "./outbound.ts";
import { grow, isSessionCookie } from "./seals.ts";
import { approve, comeBack, signIn, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

const PAGE_MS = 3_000;
/** The limit of 5 s plus the time of the error page, in milliseconds. */
const CALLBACK_MS = 5_250;
const PROBE_MS = 200;
const SLOW_MS = 1_000;
const MINUTE_MS = 60_000;

const FAULTS: [string, Fault][] = [
  ["refused", { kind: "refused" }],
  ["500", { kind: "status", status: 500 }],
  ["503", { kind: "status", status: 503, body: "<html>away</html>" }],
  ["hang", { kind: "hang" }],
  ["slow", { kind: "slow", ms: SLOW_MS }],
  ["garbage", { kind: "garbage" }],
  ["cut", { kind: "cut" }],
];

type Part = {
  name: string;
  upstream: Upstream;
  match: (request: OutboundRequest) => boolean;
  /** Request of the user, as the table shows it. */
  asks: string;
  /** Prepares the browser for the fault and returns the input of `ask`. */
  before?: (browser: Browser) => Promise<string>;
  ask: (browser: Browser, prepared: string) => Promise<Answer>;
  /** Expected status if the upstream fails, and if it is slow. */
  status: { failing: number; slow: number };
  withinMs: number;
  /** The request is itself a sign-in, so the browser starts signed out. */
  comesSignedOut?: true;
  /** The request signs out. */
  signsOut?: true;
};

const callbackFor = async (browser: Browser) => approve(await startFlow(browser), app.person());

/** Makes the access token expire. */
async function expireToken({ jar }: Browser): Promise<string> {
  await grow(jar, 10 * MINUTE_MS, COOKIE_PASSWORD);
  return "";
}

const PARTS: Part[] = [
  {
    name: "authorize",
    upstream: "workos",
    match: ({ path }) => path === "/user_management/authorize",
    asks: "GET /api/auth/login",
    ask: (browser) => browser.get("/api/auth/login"),
    status: { failing: 302, slow: 302 },
    withinMs: PAGE_MS,
  },
  {
    name: "exchange",
    upstream: "workos",
    match: authenticate("authorization_code"),
    asks: "GET /callback",
    before: callbackFor,
    ask: comeBack,
    status: { failing: 502, slow: 302 },
    withinMs: CALLBACK_MS,
  },
  {
    name: "refresh",
    upstream: "workos",
    match: authenticate("refresh_token"),
    asks: "GET /dashboard",
    before: expireToken,
    ask: (browser) => browser.get("/dashboard"),
    status: { failing: 200, slow: 200 },
    withinMs: PAGE_MS,
  },
  {
    name: "logout",
    upstream: "convex",
    match: calls("edge:signedOut"),
    asks: "GET /api/auth/logout",
    ask: (browser) => browser.get("/api/auth/logout"),
    status: { failing: 302, slow: 302 },
    withinMs: PAGE_MS,
    signsOut: true,
  },
  {
    name: "sessions list",
    upstream: "workos",
    match: ({ method, path }) => method === "GET" && /^\/user_management\/users\/[^/]+\/sessions$/.test(path),
    asks: "GET /settings/sessions",
    ask: (browser) => browser.get("/settings/sessions"),
    status: { failing: 200, slow: 200 },
    withinMs: PAGE_MS,
  },
  {
    name: "Convex query",
    upstream: "convex",
    match: calls("pages:settings"),
    asks: "GET /settings",
    ask: (browser) => browser.get("/settings"),
    status: { failing: 200, slow: 200 },
    withinMs: PAGE_MS,
  },
  {
    name: "mutation",
    upstream: "convex",
    match: calls("users:updateProfile"),
    asks: "POST /profile",
    ask: (browser) => browser.submit("/profile", { firstName: "Typed", lastName: "Here" }),
    status: { failing: 503, slow: 303 },
    withinMs: PAGE_MS,
  },
];

/** Runs while the exchange works, because the sync follows it. */
const SYNC: Part[] = [
  {
    name: "sync",
    upstream: "convex",
    match: calls("edge:signedIn"),
    asks: "GET /callback",
    before: callbackFor,
    ask: comeBack,
    status: { failing: 302, slow: 302 },
    withinMs: CALLBACK_MS,
    comesSignedOut: true,
  },
];

const keys = ({ path }: OutboundRequest) => path.startsWith("/sso/jwks/");

/** Runs first after a restart, because only a worker without cached keys requests the key set. */
const COLD: Part[] = [
  {
    name: "JWKS at sign-in",
    upstream: "workos",
    match: keys,
    asks: "GET /callback",
    before: callbackFor,
    ask: comeBack,
    status: { failing: 502, slow: 302 },
    withinMs: CALLBACK_MS,
  },
  {
    name: "JWKS at refresh",
    upstream: "workos",
    match: keys,
    asks: "GET /dashboard",
    before: expireToken,
    ask: (browser) => browser.get("/dashboard"),
    status: { failing: 200, slow: 200 },
    withinMs: PAGE_MS,
  },
];

type Outcome = {
  part: Part;
  browser: Browser;
  answer: Answer;
  /** Number of requests that met the fault. */
  met: number;
  /** Longest time that the busy machine took for a simple request meanwhile, in milliseconds. */
  busyMs: number;
};

const table: string[][] = [];

async function prepare(part: Part): Promise<() => Promise<Outcome>> {
  const browser = app.browser();
  if (part.comesSignedOut !== true) await signIn(browser, app.person());
  const prepared = (await part.before?.(browser)) ?? "";
  return async () => {
    // The worker has been restarted since the browser was created.
    const here = browser.at(app.site());
    return { part, browser: here, answer: await part.ask(here, prepared), met: 0, busyMs: 0 };
  };
}

/** Describes the session after the upstreams have recovered. */
async function sessionAfter(browser: Browser): Promise<string> {
  const { user } = jsonOf<{ user: object | null }>(await browser.get("/api/auth/session"));
  const page = await browser.get("/dashboard");
  if (user === null) return page.status === 302 ? "signed out" : `no user, and a ${page.status}`;
  if (page.status !== 200) return `a user, and a ${page.status}`;
  return page.text.includes("Live data is unavailable") ? "signed in, without data" : "signed in";
}

function expectOutcome({ part, answer, met, busyMs }: Outcome, fault: Fault): void {
  const where = `${part.name}, ${fault.kind}`;
  // The worker builds the sign-in URL without calling WorkOS; the browser opens it.
  if (part.name === "authorize") expect(met, where).toBe(0);
  else expect(met, where).toBeGreaterThan(0);
  expect(answer.status, where).toBe(fault.kind === "slow" ? part.status.slow : part.status.failing);
  expect(answer.ms, where).toBeLessThan(part.withinMs + busyMs);
  if (part.signsOut !== true) {
    const cleared = answer.setCookies.filter((cookie) => isSessionCookie(cookie) && cookie.clears);
    const set = answer.setCookies.filter((cookie) => isSessionCookie(cookie) && !cookie.clears);
    if (set.length === 0) expect(cleared, where).toEqual([]);
  }
  if (/^text\/html/.test(answer.headers.get("content-type") ?? "")) {
    expect(answer, where).toBeSafeHtml(answer.status);
  }
  const to = locationOf(answer, APP_URL);
  if (to !== null) {
    expect([new URL(APP_URL).origin, new URL(app.workosUrl).origin], where).toContain(to.origin);
  }
}

/** Sends simple requests until `done`, and returns the longest time that one took, in milliseconds. */
async function longestWhile(done: Promise<unknown>): Promise<number> {
  const browser = app.browser();
  let pending = true;
  const end = () => {
    pending = false;
  };
  const settled = done.then(end, end);
  let longest = 0;
  while (pending) {
    longest = Math.max(longest, (await browser.get("/healthz")).ms);
    await Promise.race([settled, pause(PROBE_MS)]);
  }
  return longest;
}

/** Sends the prepared requests at once while these parts fail. */
async function meet(parts: Part[], asks: (() => Promise<Outcome>)[], fault: Fault): Promise<Outcome[]> {
  app.outbound.forget();
  for (const { upstream, match } of parts) app.outbound.fail(upstream, fault, match);
  const asked = Promise.all(asks.map((ask) => ask()));
  const [outcomes, busyMs] = await Promise.all([asked, longestWhile(asked)]);
  for (const outcome of outcomes) {
    outcome.met = app.outbound.count(outcome.part.upstream, outcome.part.match);
    outcome.busyMs = busyMs;
  }
  app.outbound.heal();
  return outcomes;
}

describe.each(FAULTS)("with the fault %s", (name, fault) => {
  it("every request is answered in time and no session is lost", { timeout: MINUTE_MS }, async () => {
    const groups = [COLD, SYNC, PARTS];
    const asks = await Promise.all(groups.map((parts) => Promise.all(parts.map(prepare))));
    await app.restart();
    const outcomes: Outcome[] = [];
    for (const [index, parts] of groups.entries()) {
      outcomes.push(...(await meet(parts, asks[index] ?? [], fault)));
    }
    const after = await Promise.all(outcomes.map(({ browser }) => sessionAfter(browser)));
    outcomes.forEach(({ part, answer }, index) => {
      const time = `${(answer.ms / 1000).toFixed(2)} s`;
      table.push([part.name, name, part.asks, String(answer.status), time, after[index] ?? ""]);
    });
    for (const outcome of outcomes) expectOutcome(outcome, fault);
    expect(after).toEqual(outcomes.map(({ part }) => (part.signsOut === true ? "signed out" : "signed in")));
  });
});

afterAll(() => {
  const order = [...COLD, ...SYNC, ...PARTS].map(({ name }) => name);
  const rows = table.toSorted(([a = ""], [b = ""]) => order.indexOf(a) - order.indexOf(b));
  const head = ["fails", "how", "asked", "status", "time", "session afterwards"];
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  process.stdout.write(`\n${lines.join("\n")}\n${rows.length} combinations\n`);
});

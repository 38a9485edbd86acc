/** Rate limits: what is counted by address or session, and what is never limited. */
import { describe, expect, it } from "vitest";
import { type Answer, Browser, jsonOf } from "./browser.ts";
import { flowCookies } from "./flow-cookies.ts";
import { approve, comeBack, signIn, startFlow } from "./sign-in.ts";
import { startMosaic } from "./start-app.ts";
import { limitPerMinute } from "./worker.ts";

/** The worker's limits are this much lower: 600 requests need more than a minute on a busy machine. */
const DIVISOR = 10;

const app = startMosaic({ limitsDividedBy: DIVISOR, isolates: 2 });

/** Returns a browser with the given IP address. */
const from = (address: string) => new Browser(app.site(), address);

// agents:start
/** Creates an API key in a new project of the token's user. */
async function newKey(token: string): Promise<string> {
  const call = async <T>(name: string, args: object) =>
    ((await (await app.convex("mutation", name, args, token)).json()) as { value: T }).value;
  const projectId = await call<string>("projects:create", { name: "Limits" });
  return (await call<{ key: string }>("projectKeys:create", { projectId, name: "K" })).key;
}
// agents:end

const AT_ONCE = 5;
const SIGN_INS = limitPerMinute("SIGN_IN_LIMIT") / DIVISOR;
const SESSIONS = limitPerMinute("SESSION_LIMIT") / DIVISOR;
const INGESTIONS = limitPerMinute("INGESTION_LIMIT") / DIVISOR; // agents:line
const REJECTIONS = limitPerMinute("REJECTION_LIMIT") / DIVISOR; // agents:line

it("is the documented number a minute", () => {
  expect(limitPerMinute("SIGN_IN_LIMIT")).toBe(100);
  expect(limitPerMinute("SESSION_LIMIT")).toBe(600);
  expect(limitPerMinute("INGESTION_LIMIT")).toBe(600); // agents:line
  expect(limitPerMinute("REJECTION_LIMIT")).toBe(60); // agents:line
});

/**
 * Sends requests until one is rate limited and returns the number accepted before it: up to twice the limit,
 * because the limiter's minute may end during the test.
 */
async function letThrough(limit: number, ask: (index: number) => Promise<Answer>): Promise<number> {
  for (let asked = 0; asked < 2 * limit + AT_ONCE; asked += AT_ONCE) {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => ask(asked + index)));
    const limited = answers.filter(({ status }) => status === 429);
    for (const answer of limited) {
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(answer).toSetNoCookie();
    }
    if (limited.length > 0) return asked + AT_ONCE - limited.length;
  }
  throw new Error(`Nobody was refused in twice ${limit} requests`);
}

describe("starting a sign-in", () => {
  const login = (browser: Browser) => browser.get("/api/auth/login");

  it("is limited for each address", async () => {
    const through = await letThrough(SIGN_INS, () => login(from("10.50.0.1")));
    expect(through).toBeGreaterThanOrEqual(SIGN_INS);
    expect((await login(from("10.50.0.2"))).status).toBe(302);
  });

  it("does not count requests that start none", async () => {
    const browser = from("10.50.0.5");
    for (let asked = 0; asked < 2 * SIGN_INS; asked += 1) {
      const prefetch = { headers: { "sec-purpose": "prefetch" } };
      const answer = await browser.send(asked % 2 === 0 ? "HEAD" : "GET", "/api/auth/login", prefetch);
      expect(answer.status).toBe(204);
      expect(answer).toSetNoCookie();
    }
    expect((await login(browser)).status).toBe(302);
  });

  it("shares its limit with callbacks of unknown flows", async () => {
    const ask = (index: number) => {
      const browser = from("10.50.0.3");
      return index % 2 === 0 ? login(browser) : browser.get(`/callback?code=x&state=guess-${index}`);
    };
    expect(await letThrough(SIGN_INS, ask)).toBeGreaterThanOrEqual(SIGN_INS);
  });

  it("also counts callbacks with a flow cookie that is garbage or belongs to another state", async () => {
    const browser = from("10.50.0.5");
    const { state } = await startFlow(browser);
    const [cookie] = flowCookies(browser.jar);
    if (cookie === undefined) throw new Error("No flow cookie");
    const ask = (index: number) => {
      const other = from("10.50.0.6");
      const forged = `${state.slice(0, -4)}${index.toString(16).padStart(4, "0")}`;
      other.jar.put(cookie.name.replace(state, forged), index % 2 === 0 ? "garbage" : cookie.value);
      return other.get(`/callback?code=x&state=${forged}`);
    };
    expect(await letThrough(SIGN_INS, ask)).toBeGreaterThanOrEqual(SIGN_INS);
  });

  it("does not prevent finishing a pending flow when limited", async () => {
    const browser = from("10.50.0.4");
    const callback = await approve(await startFlow(browser), app.person());
    await letThrough(SIGN_INS, () => login(from("10.50.0.4")));
    expect(await comeBack(browser, callback)).toRedirectTo("/");
  });

  it("is counted by network for IPv6 addresses", async () => {
    const anywhere = (index: number) => login(from(`2001:db8:1:2:${index.toString(16)}::1`));
    expect(await letThrough(SIGN_INS, anywhere)).toBeGreaterThanOrEqual(SIGN_INS);
    expect((await login(from("2001:db8:1:3::1"))).status).toBe(302);
  });
});

describe("requesting the session or a token", () => {
  it("is limited for each session, which stays valid", async () => {
    const [ann, ben] = [from("10.50.1.1"), from("10.50.1.1")];
    await signIn(ann, app.person());
    await signIn(ben, app.person());
    const through = await letThrough(SESSIONS, (index) =>
      index % 10 === 0 ? ann.get("/api/auth/session") : ann.token(),
    );
    expect(through).toBeGreaterThanOrEqual(SESSIONS);
    expect((await ben.token()).status).toBe(200);
    expect((await ann.get("/dashboard")).status).toBe(200);
    expect((await ann.get("/api/auth/logout")).status).toBe(302);
  });

  it("is limited by address for guests", async () => {
    const through = await letThrough(SESSIONS, () => from("10.50.1.2").get("/api/auth/session"));
    expect(through).toBeGreaterThanOrEqual(SESSIONS);
    expect((await from("10.50.1.3").get("/api/auth/session")).status).toBe(200);
  });
});

// agents:start
const metrics = [{ agent: "a", name: "n", value: 1 }];
const send = (browser: Browser, key: string, json: object = { metrics }) =>
  browser.post("/api/v1/metrics", { headers: { authorization: `Bearer ${key}` }, json });

it("an API key is limited, whatever its address and whether its batches are valid", async () => {
  const owner = from("10.50.5.1");
  await signIn(owner, app.person());
  const token = jsonOf<{ token: string }>(await owner.token()).token;
  const [key, other] = [await newKey(token), await newKey(token)];
  const through = await letThrough(INGESTIONS, (index) => send(from(`10.50.6.${index}`), key, {}));
  expect(through).toBeGreaterThanOrEqual(INGESTIONS);
  expect((await send(from("10.50.5.1"), other)).status).toBe(202);
  // Reading and OpenTelemetry share the limit.
  const headers = { authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const others = [
    await owner.get("/api/v1/agents", { headers }),
    await owner.post("/api/v1/otlp/v1/metrics", { headers, body: "{}" }),
  ];
  for (const answer of others) {
    expect([answer.status, Number(answer.headers.get("retry-after")) > 0]).toEqual([429, true]);
    expect(jsonOf(answer)).toMatchObject({ message: expect.stringMatching(/\w{3,}.*\.$/) });
  }
});

describe("a rejected API key", () => {
  const asked = () => app.outbound.count("convex", ({ body }) => body.includes("metrics:ingest"));

  it("is not looked up again for a minute, also in another isolate", async () => {
    for (let times = 0; times < 3; times++) {
      expect((await send(from("10.50.3.1"), "mosaic_wrong")).status).toBe(401);
    }
    expect((await send(new Browser(app.site(1), "10.50.3.2"), "mosaic_wrong")).status).toBe(401);
    expect(asked()).toBe(1);
    // The answer does not wait for the body.
    const uploadMs = 10_000;
    const headers = { authorization: "Bearer mosaic_wrong" };
    const early = await from("10.50.3.1").post("/api/v1/metrics", { headers, json: { metrics }, uploadMs });
    expect(early.status).toBe(401);
    expect(early.ms).toBeLessThan(uploadMs);
  });

  it("limits its address, except for keys that were accepted there", async () => {
    const owner = from("10.50.4.1");
    await signIn(owner, app.person());
    const key = await newKey(jsonOf<{ token: string }>(await owner.token()).token);
    expect((await send(from("10.50.4.2"), key)).status).toBe(202);
    const through = await letThrough(REJECTIONS, (index) => send(from("10.50.4.2"), `mosaic_${index}`));
    expect(through).toBeGreaterThanOrEqual(REJECTIONS);
    const before = asked();
    expect((await send(from("10.50.4.2"), "mosaic_another")).status).toBe(429);
    expect(jsonOf(await from("10.50.4.2").post("/api/v1/agents/a/ping"))).toMatchObject({
      error: "rate_limited",
      message: expect.stringMatching(/Check the API key/),
    });
    expect(asked()).toBe(before);
    expect((await send(from("10.50.4.2"), key)).status).toBe(202);
    expect((await send(from("10.50.4.3"), "mosaic_another")).status).toBe(401);
  });
});
// agents:end

describe("signing out", () => {
  it("is never limited", async () => {
    for (let asked = 0; asked < 2 * SESSIONS; asked += AT_ONCE) {
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, () => from("10.50.2.1").get("/api/auth/logout")),
      );
      for (const { status } of answers) expect(status).toBe(302);
    }
  });
});

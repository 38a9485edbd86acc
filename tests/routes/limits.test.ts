/** Too many requests: who is counted, together with whom, and what is never limited. */
import { describe, expect, it } from "vitest";
import { type Answer, Browser } from "./browser.ts";
import { startMosaic } from "./harness.ts";
import { approve, comeBack, signIn, startFlow } from "./sign-in.ts";

const app = startMosaic();

/** A browser at an address of the test's own. */
const from = (address: string) => new Browser(app.site(), address);

const AT_ONCE = 20;

/**
 * Asks until there is a refusal, and says how many were let through before it. The minute is the limiter's own, and
 * may turn while we ask: then up to twice as many are.
 */
async function letThrough(limit: number, ask: (index: number) => Promise<Answer>): Promise<number> {
  for (let asked = 0; asked < 2 * limit + AT_ONCE; asked += AT_ONCE) {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => ask(asked + index)));
    const refused = answers.filter(({ status }) => status === 429);
    for (const answer of refused) {
      expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(answer).toSetNoCookie();
    }
    if (refused.length > 0) return asked + AT_ONCE - refused.length;
  }
  throw new Error(`Nobody was refused in twice ${limit} requests`);
}

describe("beginning to sign in", () => {
  const login = (browser: Browser) => browser.get("/api/auth/login");

  it("is limited to a hundred a minute from one address, and from no other", async () => {
    const through = await letThrough(100, () => login(from("10.50.0.1")));
    expect(through).toBeGreaterThanOrEqual(100);
    expect((await login(from("10.50.0.2"))).status).toBe(302);
  });

  it("counts together with callbacks of flows that this browser does not have", async () => {
    const ask = (index: number) => {
      const browser = from("10.50.0.3");
      return index % 2 === 0 ? login(browser) : browser.get(`/callback?code=x&state=guess-${index}`);
    };
    expect(await letThrough(100, ask)).toBeGreaterThanOrEqual(100);
  });

  it("does not keep anybody from finishing a flow of their own", async () => {
    const browser = from("10.50.0.4");
    const callback = await approve(await startFlow(browser), app.person());
    await letThrough(100, () => login(from("10.50.0.4")));
    expect(await comeBack(browser, callback)).toRedirectTo("/");
  });

  it("counts an IPv6 address by its network", async () => {
    const anywhere = (index: number) => login(from(`2001:db8:1:2:${index.toString(16)}::1`));
    expect(await letThrough(100, anywhere)).toBeGreaterThanOrEqual(100);
    expect((await login(from("2001:db8:1:3::1"))).status).toBe(302);
  });
});

describe("asking for the session or a token", () => {
  it("is limited to six hundred a minute for each session, and costs nobody the session", async () => {
    const [ann, ben] = [from("10.50.1.1"), from("10.50.1.1")];
    await signIn(ann, app.person());
    await signIn(ben, app.person());
    const through = await letThrough(600, (index) =>
      index % 10 === 0 ? ann.get("/api/auth/session") : ann.token(),
    );
    expect(through).toBeGreaterThanOrEqual(600);
    expect((await ben.token()).status).toBe(200);
    expect((await ann.get("/dashboard")).status).toBe(200);
    expect((await ann.get("/api/auth/logout")).status).toBe(302);
  });

  it("is limited by address where nobody is signed in", async () => {
    const through = await letThrough(600, () => from("10.50.1.2").get("/api/auth/session"));
    expect(through).toBeGreaterThanOrEqual(600);
    expect((await from("10.50.1.3").get("/api/auth/session")).status).toBe(200);
  });
});

describe("signing out", () => {
  it("is never limited", async () => {
    for (let asked = 0; asked < 660; asked += AT_ONCE) {
      const answers = await Promise.all(
        Array.from({ length: AT_ONCE }, () => from("10.50.2.1").get("/api/auth/logout")),
      );
      for (const { status } of answers) expect(status).toBe(302);
    }
  });
});

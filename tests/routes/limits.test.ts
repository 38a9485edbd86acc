/** Too many requests: who is counted, together with whom, and what is never limited. */
import { describe, expect, it } from "vitest";
import { type Answer, Browser } from "./browser.ts";
import { startMosaic } from "./harness.ts";
import { approve, comeBack, signIn, startFlow } from "./sign-in.ts";

const app = startMosaic();

/** A browser at an address of the test's own. */
const from = (address: string) => new Browser(app.site(), address);

/** The same request many times, a few at once. */
async function many(count: number, ask: (index: number) => Promise<Answer>): Promise<number[]> {
  const statuses: number[] = [];
  for (let done = 0; done < count; done += 20) {
    const turn = Array.from({ length: Math.min(20, count - done) }, (_, index) => ask(done + index));
    statuses.push(...(await Promise.all(turn)).map(({ status }) => status));
  }
  return statuses;
}

const limited = (statuses: number[]) => statuses.filter((status) => status === 429).length;

describe("beginning to sign in", () => {
  it("is limited to a hundred a minute from one address, and says when to come back", async () => {
    const statuses = await many(110, () => from("10.50.0.1").get("/api/auth/login"));
    expect(statuses.filter((status) => status === 302)).toHaveLength(100);
    const answer = await from("10.50.0.1").get("/api/auth/login");
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(answer).toSetNoCookie();
    expect((await from("10.50.0.2").get("/api/auth/login")).status).toBe(302);
  });

  it("counts together with callbacks of flows that this browser does not have", async () => {
    const statuses = await many(60, () => from("10.50.0.3").get("/api/auth/login"));
    const callbacks = await many(60, (index) =>
      from("10.50.0.3").get(`/callback?code=x&state=guess-${index}`),
    );
    expect(limited(statuses)).toBe(0);
    expect(limited(callbacks)).toBe(20);
  });

  it("does not keep anybody from finishing a flow of their own", async () => {
    const browser = from("10.50.0.4");
    const callback = await approve(await startFlow(browser), app.person());
    await many(120, () => from("10.50.0.4").get("/api/auth/login"));
    expect(await comeBack(browser, callback)).toRedirectTo("/");
  });

  it("counts an IPv6 address by its network", async () => {
    await many(110, (index) => from(`2001:db8:1:2:${index.toString(16)}::1`).get("/api/auth/login"));
    expect((await from("2001:db8:1:2:ffff:ffff:ffff:ffff").get("/api/auth/login")).status).toBe(429);
    expect((await from("2001:db8:1:3::1").get("/api/auth/login")).status).toBe(302);
  });
});

describe("asking for the session or a token", () => {
  it("is limited to six hundred a minute for each session", async () => {
    const [ann, ben] = [from("10.50.1.1"), from("10.50.1.1")];
    await signIn(ann, app.person());
    await signIn(ben, app.person());
    const statuses = await many(610, () => ann.get("/api/auth/session"));
    expect(limited(statuses)).toBe(10);
    const refused = await ann.token();
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused).toLeaveSessionAlone();
    expect((await ben.token()).status).toBe(200);
    expect((await ann.get("/dashboard")).status).toBe(200);
    expect((await ann.get("/api/auth/logout")).status).toBe(302);
  });

  it("is limited by address where nobody is signed in", async () => {
    const statuses = await many(605, () => from("10.50.1.2").get("/api/auth/session"));
    expect(limited(statuses)).toBe(5);
    expect((await from("10.50.1.3").get("/api/auth/session")).status).toBe(200);
  });
});

describe("signing out", () => {
  it("is never limited", async () => {
    const statuses = await many(700, () => from("10.50.2.1").get("/api/auth/logout"));
    expect(limited(statuses)).toBe(0);
  });
});

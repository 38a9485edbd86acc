/**
 * Twenty browsers for as long as DEEP_SOAK_SECONDS says, with tokens of five seconds, while upstreams fail and heal:
 * a browser is signed out if and only if something ended its session.
 */
import { expect, it } from "vitest";
import { type Answer, type Browser, jsonOf } from "../routes/browser.ts";
import { EDGE_SECRET, startMosaic } from "../routes/harness.ts";
import { authenticate, calls, type Fault } from "../routes/outbound.ts";
import { isSessionCookie } from "../routes/seals.ts";
import { signIn } from "../routes/sign-in.ts";

const SOAK_MS = Number(process.env.DEEP_SOAK_SECONDS ?? 30) * 1_000;
const app = startMosaic({ accessTokenSeconds: 5 });

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const oneOf = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

type Life = {
  browser: Browser;
  sessionId: string;
  userId: string;
  ending: boolean;
  endedBy: "" | "here" | "elsewhere";
};

/** Grows with each change of the weather; odd while something fails. */
let weather = 0;
const counts = { requests: 0, faults: 0, signOuts: 0, revocations: 0 };
const wrong: string[] = [];

const FAULTS: Fault[] = [
  { kind: "refused" },
  { kind: "status", status: 500 },
  { kind: "status", status: 503 },
  { kind: "hang" },
  { kind: "slow", ms: 700 },
  { kind: "garbage" },
  { kind: "cut" },
];

async function weatherUntil(end: number): Promise<void> {
  while (Date.now() < end) {
    await pause(1_500);
    const fault = oneOf(FAULTS);
    weather += 1;
    counts.faults += 1;
    const where = oneOf(["refresh", "keys", "query", "all of Convex"]);
    if (where === "refresh") app.outbound.fail("workos", fault, authenticate("refresh_token"));
    else if (where === "keys")
      app.outbound.fail("workos", fault, ({ path }) => path.startsWith("/sso/jwks/"));
    else app.outbound.fail("convex", fault, where === "query" ? calls("pages:") : undefined);
    await pause(1_000);
    // Also looks at everything that was said, and forgets it: ten minutes of pages do not fit in memory.
    app.check();
    app.outbound.accessTokens.clear();
    app.outbound.refreshTokens.clear();
    weather += 1;
  }
}

async function begin(browser: Browser, email: string): Promise<Life> {
  for (let tries = 0; ; tries += 1) {
    try {
      browser.jar.clear();
      await signIn(browser, email);
      const answer = await browser.get("/api/auth/session");
      const { sessionId, user } = jsonOf<{ sessionId: string; user: { id: string } }>(answer);
      return { browser, sessionId, userId: user.id, ending: false, endedBy: "" };
    } catch (error) {
      // The weather may have been bad; it is never bad for long.
      if (tries === 20) throw error;
      await pause(500);
    }
  }
}

function isOut(answer: Answer): boolean {
  const cleared = answer.setCookies.some((cookie) => isSessionCookie(cookie) && cookie.clears);
  return (
    cleared || answer.status === 302 || answer.text.includes("/login?") || answer.text === '{"user":null}'
  );
}

async function visit(life: Life, browser: Browser): Promise<void> {
  const path = oneOf(["/dashboard", "/settings", "/profile", "/api/auth/session"]);
  const [endedBefore, weatherBefore] = [life.endedBy, weather];
  const answer = await browser.get(path);
  counts.requests += 1;
  const wasCalm = weatherBefore === weather && weather % 2 === 0;
  const what = `${path} → ${answer.status} in weather ${weatherBefore}, ${life.sessionId}`;
  if (!life.ending && isOut(answer)) wrong.push(`signed out by nobody: ${what}`);
  // Sign-out here is final in any weather; of the other Convex must be able to tell.
  const mustBeOut = endedBefore !== "" && wasCalm;
  if (mustBeOut && !isOut(answer)) wrong.push(`ended ${endedBefore}, and still in: ${what}`);
}

async function signOut(life: Life): Promise<void> {
  life.ending = true;
  const thief = life.browser.thief();
  await life.browser.get("/api/auth/logout");
  life.endedBy = "here";
  counts.signOuts += 1;
  await visit(life, thief);
}

async function revoke(life: Life): Promise<void> {
  life.ending = true;
  const args = { sessionId: life.sessionId, workosUserId: life.userId, ipAddress: "", userAgent: "" };
  await app.convex("mutation", "sessions:revoke", { ...args, edgeSecret: EDGE_SECRET }, null);
  life.endedBy = "elsewhere";
  counts.revocations += 1;
  await visit(life, life.browser.thief());
}

async function live(end: number): Promise<void> {
  const email = app.person();
  const browser = app.browser();
  let life = await begin(browser, email);
  while (Date.now() < end) {
    await pause(Math.random() * 1_500);
    const dice = Math.random();
    if (dice < 0.8) await visit(life, browser);
    else if (dice < 0.92) await Promise.all(Array.from({ length: 4 }, () => visit(life, browser.tab())));
    else {
      await (dice < 0.96 ? signOut(life) : revoke(life));
      life = await begin(browser, email);
    }
  }
}

it("nobody is signed out unless something ended the session, and then everywhere", {
  timeout: SOAK_MS + 60_000,
}, async () => {
  const end = Date.now() + SOAK_MS;
  await Promise.all([weatherUntil(end), ...Array.from({ length: 20 }, () => live(end))]);
  process.stdout.write(`\n${JSON.stringify(counts)}\n`);
  expect(wrong).toEqual([]);
});

/**
 * Soak test: twenty browsers run for DEEP_SOAK_SECONDS with tokens of five seconds, while upstreams fail and
 * recover. A browser must be signed out if and only if its session was ended. Cookies of ended sessions are
 * replayed until the end.
 */
import { expect, it } from "vitest";
import { type Answer, type Browser, jsonOf } from "../routes/browser.ts";
import { EDGE_SECRET } from "../routes/harness.ts";
import { authenticate, calls, type Fault } from "../routes/outbound.ts";
import { isSessionCookie } from "../routes/seals.ts";
import { signIn } from "../routes/sign-in.ts";
import { startMosaic } from "../routes/start-app.ts";

const SOAK_MS = Number(process.env.DEEP_SOAK_SECONDS ?? 30) * 1_000;
const app = startMosaic({ accessTokenSeconds: 5 });

/**
 * An old cookie gets the newest session for this long, plus the five seconds of its token, in milliseconds.
 */
const TOKENS_OUTLIVE_MS = 40_000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const oneOf = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T;

type Ending =
  /** Signed out in this worker: takes effect at once, even if upstreams fail. */
  | "here"
  /** Revoked from another device's worker: Convex knows. */
  | "another device"
  /** WorkOS sends its webhook and rejects the refresh token. */
  | "WorkOS, with its webhook"
  /** WorkOS rejects the refresh token and sends no webhook. */
  | "WorkOS, in silence";
const ENDINGS: readonly Ending[] = [
  "here",
  "another device",
  "WorkOS, with its webhook",
  "WorkOS, in silence",
];

type Life = {
  browser: Browser;
  sessionId: string;
  userId: string;
  /** Set when the end begins: from then on the session may be rejected. */
  ending: boolean;
  ended: { by: Ending; at: number } | null;
};

/** The upstreams that fail now, and since when, in milliseconds since 1970. */
let failing: { workos: boolean; convex: boolean; since: number } = { workos: false, convex: false, since: 0 };
const counts = { requests: 0, faults: 0, replays: 0, ...Object.fromEntries(ENDINGS.map((by) => [by, 0])) };
const count = (name: string) => {
  (counts as Record<string, number>)[name] = ((counts as Record<string, number>)[name] ?? 0) + 1;
};
const wrong: string[] = [];
const endedSessions: Life[] = [];

const FAULTS: Fault[] = [
  { kind: "refused" },
  { kind: "status", status: 500 },
  { kind: "status", status: 503 },
  { kind: "hang" },
  { kind: "slow", ms: 700 },
  { kind: "garbage" },
  { kind: "cut" },
];

async function failUpstreamsUntil(end: number): Promise<void> {
  while (Date.now() < end) {
    await pause(1_500);
    const fault = oneOf(FAULTS);
    counts.faults += 1;
    const where = oneOf(["refresh", "keys", "query", "all of Convex"]);
    const workos = where === "refresh" || where === "keys";
    failing = { workos, convex: !workos, since: Date.now() };
    if (where === "refresh") app.outbound.fail("workos", fault, authenticate("refresh_token"));
    else if (where === "keys")
      app.outbound.fail("workos", fault, ({ path }) => path.startsWith("/sso/jwks/"));
    else app.outbound.fail("convex", fault, where === "query" ? calls("pages:") : undefined);
    await pause(1_000);
    // Checks and discards the recorded output, because ten minutes of pages do not fit in memory.
    app.check();
    app.outbound.accessTokens.clear();
    app.outbound.refreshTokens.clear();
    failing = { workos: false, convex: false, since: Date.now() };
  }
}

async function begin(browser: Browser, email: string): Promise<Life> {
  for (let tries = 0; ; tries += 1) {
    try {
      browser.jar.clear();
      await signIn(browser, email);
      const answer = await browser.get("/api/auth/session");
      const { sessionId, user } = jsonOf<{ sessionId: string; user: { id: string } }>(answer);
      return { browser, sessionId, userId: user.id, ending: false, ended: null };
    } catch (error) {
      // An upstream may have failed; every fault lasts one second.
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

/**
 * Returns whether a request sent at `asked` must have been rejected, because no upstream it needs failed
 * since.
 */
function mustBeOut({ by, at }: { by: Ending; at: number }, asked: number): boolean {
  if (by === "here") return true;
  const calmFor = (upstream: "workos" | "convex") => !failing[upstream] && failing.since <= asked;
  if (by === "WorkOS, in silence") return asked - at > TOKENS_OUTLIVE_MS && calmFor("workos");
  // Convex knows the revocation, but an expired token needs WorkOS first.
  return calmFor("convex") && calmFor("workos");
}

async function visit(life: Life, browser: Browser): Promise<void> {
  const path = oneOf(["/dashboard", "/settings", "/profile", "/api/auth/session"]);
  const [endedBefore, asked] = [life.ended, Date.now()];
  const answer = await browser.get(path);
  counts.requests += 1;
  const what = `${path} → ${answer.status} ${JSON.stringify(failing)}, ${life.sessionId}`;
  if (!life.ending && isOut(answer)) wrong.push(`signed out by nobody: ${what}`);
  if (endedBefore !== null && mustBeOut(endedBefore, asked) && !isOut(answer)) {
    wrong.push(`ended by ${endedBefore.by} ${asked - endedBefore.at} ms before, and still in: ${what}`);
  }
  // If the upstreams cannot answer, the user stays signed in but sees no data.
  if (path === "/dashboard" && endedBefore !== null && asked - endedBefore.at > TOKENS_OUTLIVE_MS) {
    if (!isOut(answer) && !answer.text.includes("Live data is unavailable"))
      wrong.push(`shown data: ${what}`);
  }
}

/** Revokes the session at WorkOS, as from its dashboard. */
async function endAtWorkOS(sessionId: string): Promise<void> {
  const answer = await fetch(`${app.workosUrl}/user_management/sessions/revoke`, {
    method: "POST",
    headers: { authorization: `Bearer ${app.env.WORKOS_API_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({ session_id: sessionId }),
  });
  if (!answer.ok) throw new Error(`WorkOS did not revoke: ${answer.status}`);
}

async function end(life: Life, by: Ending): Promise<void> {
  const { browser, sessionId, userId } = life;
  life.ending = true;
  const kept: Life = { ...life, browser: browser.thief() };
  switch (by) {
    case "here":
      await browser.get("/api/auth/logout");
      break;
    case "another device": {
      const args = { sessionId, workosUserId: userId, ipAddress: "", userAgent: "" };
      await app.convex("mutation", "sessions:revoke", { ...args, edge: EDGE_SECRET }, null);
      break;
    }
    case "WorkOS, with its webhook":
      await endAtWorkOS(sessionId);
      expect(
        await app.webhook("session.revoked", { object: "session", id: sessionId, user_id: userId }),
      ).toBe(200);
      break;
    case "WorkOS, in silence":
      await endAtWorkOS(sessionId);
      break;
  }
  kept.ended = { by, at: Date.now() };
  count(by);
  endedSessions.push(kept);
  await visit(kept, kept.browser.thief());
}

async function live(until: number): Promise<void> {
  const email = app.person();
  const browser = app.browser();
  let life = await begin(browser, email);
  while (Date.now() < until) {
    await pause(Math.random() * 1_500);
    const dice = Math.random();
    if (dice < 0.75) await visit(life, browser);
    else if (dice < 0.87) await Promise.all(Array.from({ length: 4 }, () => visit(life, browser.tab())));
    else if (dice < 0.93 && endedSessions.length > 0) {
      const before = oneOf(endedSessions);
      counts.replays += 1;
      await visit(before, before.browser.thief());
    } else {
      await end(life, oneOf(ENDINGS));
      life = await begin(browser, email);
    }
  }
}

it("a browser is signed out if and only if its session was ended, and stays signed out", {
  timeout: SOAK_MS + 60_000,
}, async () => {
  const until = Date.now() + SOAK_MS;
  await Promise.all([failUpstreamsUntil(until), ...Array.from({ length: 20 }, () => live(until))]);
  process.stdout.write(`\n${JSON.stringify(counts)}\n`);
  expect(wrong).toEqual([]);
});

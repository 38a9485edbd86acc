/**
 * Integration of the services that `npm start` runs: WorkOS webhooks reach the app, wrangler's proxy survives
 * rejected requests, and two copies run side by side.
 */
import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { localDefaults } from "../../local/config.ts";
import { type Copy, cleanUp, freePorts, run, statusOf } from "./copy.ts";

/** A revocation must take effect everywhere within this time. */
const SOON = { timeout: 5_000, interval: 100 };

let copy: Copy;
let defaults: Record<string, string | undefined>;

beforeAll(async () => {
  copy = await run("start");
  defaults = localDefaults(copy.ports);
  await copy.ready();
}, 180_000);

afterAll(cleanUp);

const app = () => `http://127.0.0.1:${copy.ports.app}`;

/** Signed-in user, with the browser's cookies. */
type SignedIn = { cookie: string; sessionId: string; userId: string };

async function signIn(email: string): Promise<SignedIn> {
  const login = await fetch(`${app()}/api/auth/login`, { redirect: "manual" });
  const picked = await fetch(login.headers.get("location") ?? "", {
    method: "POST",
    body: new URLSearchParams({ email }),
    redirect: "manual",
  });
  const back = new URL(picked.headers.get("location") ?? "");
  const callback = await fetch(`${app()}${back.pathname}${back.search}`, {
    headers: { cookie: cookiesOf(login) },
    redirect: "manual",
  });
  const cookie = cookiesOf(callback);
  const session = await fetch(`${app()}/api/auth/session`, { headers: { cookie } });
  const { user, sessionId } = (await session.json()) as { user: { id: string }; sessionId: string };
  return { cookie, sessionId, userId: user.id };
}

function cookiesOf(response: Response): string {
  const kept = response.headers.getSetCookie().filter((line) => !/^[^=]+=;/.test(line));
  return kept.map((line) => line.split(";", 1)[0]).join("; ");
}

/** Returns the redirect target of the user's dashboard; null if the dashboard is shown. */
async function sentTo({ cookie }: SignedIn): Promise<string | null> {
  const answer = await fetch(`${app()}/dashboard`, { headers: { cookie }, redirect: "manual" });
  return answer.headers.get("location");
}

async function workos(method: string, path: string, body?: object): Promise<void> {
  const answer = await fetch(`${defaults.WORKOS_API_URL}${path}`, {
    method,
    headers: { authorization: `Bearer ${defaults.WORKOS_API_KEY}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  expect(answer.ok, `${method} ${path} → ${answer.status}`).toBe(true);
}

const REVOKED = /^\/login\?.*error=session_revoked/;

test("a session revoked at WorkOS is signed out, and the user's other sessions stay", async () => {
  const [one, other] = [await signIn("ida@example.com"), await signIn("ida@example.com")];
  expect(await sentTo(one)).toBeNull();
  await workos("POST", "/user_management/sessions/revoke", { session_id: one.sessionId });
  await expect.poll(() => sentTo(one), SOON).toMatch(REVOKED);
  expect(await sentTo(other)).toBeNull();
});

test("a user deleted at WorkOS is signed out everywhere", async () => {
  const [one, other] = [await signIn("tim@example.com"), await signIn("tim@example.com")];
  expect(await sentTo(one)).toBeNull();
  await workos("DELETE", `/user_management/users/${one.userId}`);
  await expect.poll(() => sentTo(one), SOON).toMatch(REVOKED);
  await expect.poll(() => sentTo(other), SOON).toMatch(REVOKED);
});

test("a password reset signs the user out of every session", async () => {
  const one = await signIn("vera@example.com");
  expect(await sentTo(one)).toBeNull();
  const data = { id: "password_reset_1", user_id: one.userId, email: "vera@example.com" };
  const at = Date.now();
  // A session that started in the same second as the reset stays.
  const created_at = new Date(at + 1_000).toISOString();
  const body = JSON.stringify({ id: "event_reset_1", event: "password_reset.succeeded", data, created_at });
  const secret = defaults.WORKOS_WEBHOOK_SECRET ?? "";
  const signature = createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
  const answer = await fetch(`http://127.0.0.1:${copy.ports.convexSite}/webhooks/workos`, {
    method: "POST",
    headers: { "workos-signature": `t=${at}, v1=${signature}`, "content-type": "application/json" },
    body,
  });
  expect(answer.status).toBe(200);
  await expect.poll(() => sentTo(one), SOON).toMatch(REVOKED);
});

test("an e-mail changed at WorkOS shows in the app, and the user stays signed in", async () => {
  const one = await signIn("nell@example.com");
  await workos("PUT", `/user_management/users/${one.userId}`, { email: "eleanor@example.com" });
  const page = async () =>
    (await fetch(`${app()}/settings/account`, { headers: { cookie: one.cookie } })).text();
  await expect.poll(page, SOON).toContain("eleanor@example.com");
  expect(await sentTo(one)).toBeNull();
});

const post = (path: string, body: string, headers: Record<string, string>) =>
  fetch(`${app()}${path}`, { method: "POST", body, headers });

const JSON_TYPE = { "content-type": "application/json" };

test.each([
  ["/api/v1/metrics", 401, { ...JSON_TYPE, authorization: "Bearer mosaic_none" }], // agents:line
  ["/profile", 403, { origin: "https://evil.example.com" }],
  ["/profile", 413, {}],
  ["/api/errors", 413, JSON_TYPE],
  ["/healthz", 405, {}],
] as const)(
  "the next request succeeds after a large body is rejected at %s with %i",
  async (path, status, headers) => {
    for (const kib of [30, 64, 300]) {
      const refused = await post(path, " ".repeat(kib * 1024), headers);
      await refused.arrayBuffer();
      if (kib === 300) expect(refused.status).toBe(status);
      const next = await post("/api/auth/token", "{}", JSON_TYPE);
      expect(await next.text(), `after ${kib} KiB`).toBe('{"error":"signed_out"}');
    }
  },
);

test("another copy and npm run reset reject a data folder in use", async () => {
  const other = await run("start", { ports: await freePorts(), localDir: copy.localDir });
  expect(await other.exited).toBe(1);
  expect(other.output()).toContain("already running");
  const reset = await run("reset", { ports: copy.ports, localDir: copy.localDir });
  expect(await reset.exited).toBe(1);
  expect(reset.output()).toContain("Stop it first");
  expect(await statusOf(`${app()}/healthz`)).toBe(200);
});

test("a copy with another WorkOS starts although the emulator's port is in use, beside the first copy, and keeps running after that stops", async () => {
  const ports = await freePorts();
  const busy = createServer();
  await new Promise<void>((resolve) => busy.listen(ports.workos, "127.0.0.1", resolve));
  const other = await run("start", { ports, environment: { WORKOS_API_URL: "http://127.0.0.1:9" } });
  await other.ready();
  busy.close();
  for (const { localDir, ports } of [copy, other]) {
    expect(await statusOf(`http://127.0.0.1:${ports.app}/`)).toBe(200);
    expect(existsSync(join(localDir, "convex.sqlite"))).toBe(true);
  }
  copy.npm.kill("SIGTERM");
  expect(await copy.exited).toBe(0);
  expect(await statusOf(`http://127.0.0.1:${other.ports.app}/`)).toBe(200);
  expect(other.leftBehind()).not.toEqual([]);
});

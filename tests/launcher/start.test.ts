/**
 * Life cycle of one data folder with `npm start`, each test continuing from the previous one, and the services
 * that it runs: WorkOS webhooks reach the app, wrangler's proxy survives rejected requests, and two copies run
 * side by side.
 */
import { createHmac } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localDefaults } from "../../local/config.ts";
import { busyPorts, type Ports } from "../../local/ports.ts";
import { launchChromium } from "../browser/chromium.ts";
import { untilLive } from "../browser/parts.ts";
import { type Copy, cleanUp, commandOf, dataFolder, freePorts, run, statusOf } from "./copy.ts";
import { type Running, startUnreaped, UNUSABLE } from "./unreaped.ts";

/** A revocation must take effect everywhere within this time. */
const SOON = { timeout: 5_000, interval: 100 };
const PROMISED_MS = 5_000;

const localDir = dataFolder();
let ports: Ports;
let defaults: Record<string, string | undefined>;
const app = () => `http://localhost:${ports.app}`;

beforeAll(async () => {
  ports = await freePorts();
  defaults = localDefaults(ports);
});

afterAll(cleanUp);

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

const grace: { cookie: string } = { cookie: "" };

describe("the first npm start with a data folder", () => {
  let running: Running;

  beforeAll(() => {
    running = startUnreaped(["npm", "run", "start"], {
      signal: "SIGINT+SIGTERM",
      text: "Ctrl-C ends everything.",
      environment: { PORT: String(ports.app), LOCAL_DIR: localDir, ...UNUSABLE },
    });
  });

  afterAll(async () => void (await running.end()));

  it("makes the app, WorkOS and Convex answer, without a usable HOME and temporary folder", async () => {
    await running.ready;
    const { workos, convex } = ports;
    expect(await statusOf(`${app()}/healthz`)).toBe(200);
    expect(await busyPorts([workos, convex])).toEqual([workos, convex]);
  });

  it("keeps the admin key of the local Convex backend in a file that only this user can read", async () => {
    const file = join(localDir, "admin-key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const statusWith = async (key: string) => {
      const { status } = await fetch(`http://127.0.0.1:${ports.convex}/api/query`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Convex ${key}` },
        body: JSON.stringify({ path: "users:viewer", args: {}, format: "json" }),
      });
      return status;
    };
    const key = readFileSync(file, "utf8");
    // With the key the function runs, and rejects a call without a user.
    expect(await statusWith(key)).toBe(560);
    expect(await statusWith(`${key}0`)).toBe(401);
  });

  it("ends everything cleanly after several signals to npm, even if process 1 does not reap orphans", async () => {
    grace.cookie = (await signIn("grace@example.com")).cookie;
    // agents:start
    const created = await fetch(`${app()}/dashboard`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie: grace.cookie },
      body: new URLSearchParams({ name: "Survivor" }),
    });
    expect(created.status).toBe(303);
    // agents:end
    const { code, ms, left, output } = await running.end();
    expect({ code, left }).toEqual({ code: 0, left: [] });
    expect(ms).toBeLessThan(PROMISED_MS);
    expect(await busyPorts(Object.values(ports))).toEqual([]);
    for (const part of [app(), "ada@example.com", "grace@example.com", "alan@example.com"])
      expect(output).toContain(part);
  });
});

describe("the next npm start", () => {
  let copy: Copy;
  let other: Copy;

  beforeAll(async () => {
    copy = await run("start", { ports, localDir });
    await copy.ready();
  }, 180_000);

  it("keeps users signed in and their data", async () => {
    const page = await fetch(`${app()}/dashboard`, { headers: grace, redirect: "manual" });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Survivor"); // agents:line
    // The old refresh token still works, so the emulator has kept its keys and sessions.
    const token = await fetch(`${app()}/api/auth/token`, {
      method: "POST",
      headers: { ...grace, "content-type": "application/json" },
      body: JSON.stringify({ forceRefresh: true }),
    });
    expect(token.status).toBe(200);
  });

  it("shows a live page in a browser, without an error", async () => {
    const browser = await launchChromium();
    try {
      const context = await browser.newContext({ baseURL: app() });
      const cookies = grace.cookie.split("; ").map((pair) => {
        const [name = "", value = ""] = pair.split(/=(.*)/s);
        return { name, value, url: app() };
      });
      await context.addCookies(cookies);
      const errors: string[] = [];
      context.on("weberror", (error) => errors.push(error.error().message));
      context.on("console", (line) => line.type() === "error" && errors.push(line.text()));
      const page = await context.newPage();
      await page.goto("/dashboard");
      await untilLive(page);
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  const REVOKED = /^\/login\?.*error=session_revoked/;

  it("a session revoked at WorkOS is signed out, and the user's other sessions stay", async () => {
    const [one, other] = [await signIn("ida@example.com"), await signIn("ida@example.com")];
    expect(await sentTo(one)).toBeNull();
    await workos("POST", "/user_management/sessions/revoke", { session_id: one.sessionId });
    await expect.poll(() => sentTo(one), SOON).toMatch(REVOKED);
    expect(await sentTo(other)).toBeNull();
  });

  it("a user deleted at WorkOS is signed out everywhere", async () => {
    const [one, other] = [await signIn("tim@example.com"), await signIn("tim@example.com")];
    expect(await sentTo(one)).toBeNull();
    await workos("DELETE", `/user_management/users/${one.userId}`);
    await expect.poll(() => sentTo(one), SOON).toMatch(REVOKED);
    await expect.poll(() => sentTo(other), SOON).toMatch(REVOKED);
  });

  it("a password reset signs the user out of every session", async () => {
    const one = await signIn("vera@example.com");
    expect(await sentTo(one)).toBeNull();
    const data = { id: "password_reset_1", user_id: one.userId, email: "vera@example.com" };
    const at = Date.now();
    // A session that started in the same second as the reset stays.
    const created_at = new Date(at + 1_000).toISOString();
    const body = JSON.stringify({ id: "event_reset_1", event: "password_reset.succeeded", data, created_at });
    const secret = defaults.WORKOS_WEBHOOK_SECRET ?? "";
    const signature = createHmac("sha256", secret).update(`${at}.${body}`).digest("hex");
    const answer = await fetch(`http://127.0.0.1:${ports.convexSite}/webhooks/workos`, {
      method: "POST",
      headers: { "workos-signature": `t=${at}, v1=${signature}`, "content-type": "application/json" },
      body,
    });
    expect(answer.status).toBe(200);
    await expect.poll(() => sentTo(one), SOON).toMatch(REVOKED);
  });

  it("an e-mail changed at WorkOS shows in the app, and the user stays signed in", async () => {
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

  it.each([
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

  it("another copy and npm run reset reject a data folder in use", async () => {
    const other = await run("start", { ports: await freePorts(), localDir: copy.localDir });
    expect(await other.exited).toBe(1);
    expect(other.output()).toContain("already running");
    const reset = await run("reset", { ports: copy.ports, localDir: copy.localDir });
    expect(await reset.exited).toBe(1);
    expect(reset.output()).toContain("Stop it first");
    expect(await statusOf(`${app()}/healthz`)).toBe(200);
  });

  it("with another WorkOS runs at the same time as the first, although the emulator's port is in use", async () => {
    const others = await freePorts();
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(others.workos, "127.0.0.1", resolve));
    other = await run("start", { ports: others, environment: { WORKOS_API_URL: "http://127.0.0.1:9" } });
    await other.ready();
    busy.close();
    for (const { localDir, ports } of [copy, other]) {
      expect(await statusOf(`http://127.0.0.1:${ports.app}/`)).toBe(200);
      expect(existsSync(join(localDir, "convex.sqlite"))).toBe(true);
    }
  });

  it("ends all processes that it started, with a message and exit code 1, after the app crashes", async () => {
    const server = copy.leftBehind().find((pid) => / dev /.test(commandOf(pid)));
    expect(server).toBeDefined();
    process.kill(Number(server), "SIGKILL");
    expect(await copy.exited).toBe(1);
    expect(copy.output()).toContain("The app stopped by itself");
    expect(copy.leftBehind()).toEqual([]);
    expect(await busyPorts(Object.values(copy.ports))).toEqual([]);
    expect(await statusOf(`http://127.0.0.1:${other.ports.app}/`)).toBe(200);
    expect(other.leftBehind()).not.toEqual([]);
  });

  it("leaves data that npm run reset removes, without touching other files", async () => {
    writeFileSync(join(localDir, "letter.txt"), "mine");
    const reset = await run("reset", { ports, localDir });
    expect(await reset.exited).toBe(0);
    expect(readdirSync(localDir).sort()).toEqual(["letter.txt", "lock"]);
  });
});

it("a copy ends cleanly before it is ready", async () => {
  const copy = await run("start");
  while (copy.leftBehind().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const since = Date.now();
  copy.npm.kill("SIGTERM");
  expect(await copy.exited).toBe(0);
  expect(Date.now() - since).toBeLessThan(PROMISED_MS);
  expect(copy.leftBehind()).toEqual([]);
  expect(await busyPorts(Object.values(copy.ports))).toEqual([]);
});

/** Life cycle of one data folder with `npm start`. Each test continues from the previous one. */
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { busyPorts } from "../../local/ports.ts";
import { signIn } from "../../local/sign-in.ts";
import { type Copy, cleanUp, commandOf, run, statusOf } from "./copy.ts";

afterAll(cleanUp);

describe("npm start", () => {
  let copy: Copy;
  let cookie: string;
  const url = () => `http://localhost:${copy.ports.app}`;

  it("prints the app's address when the app, WorkOS and Convex answer", async () => {
    copy = await run("start");
    await copy.ready();
    const { app, workos, convex } = copy.ports;
    for (const part of [url(), "ada@example.com", "grace@example.com", "alan@example.com"]) {
      expect(copy.output()).toContain(part);
    }
    expect(await statusOf(`http://localhost:${app}/healthz`)).toBe(200);
    expect(await busyPorts([workos, convex])).toEqual([workos, convex]);
    expect(copy.leftBehind()).not.toEqual([]);
  });

  it("keeps the admin key of the local Convex backend in a file that only this user can read", async () => {
    const file = join(copy.localDir, "admin-key");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const statusWith = async (key: string) => {
      const { status } = await fetch(`http://127.0.0.1:${copy.ports.convex}/api/query`, {
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

  it("ends everything cleanly after several signals to npm", async () => {
    cookie = await signIn(url(), "grace@example.com");
    const created = await fetch(`${url()}/dashboard`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie },
      body: new URLSearchParams({ name: "Survivor" }),
    });
    expect(created.status).toBe(303);
    const since = Date.now();
    copy.npm.kill("SIGINT");
    copy.npm.kill("SIGINT");
    copy.npm.kill("SIGTERM");
    await expectEnded(copy, since);
  });

  it("keeps users signed in and their data after a restart", async () => {
    copy = await run("start", { ports: copy.ports, localDir: copy.localDir });
    await copy.ready();
    const page = await fetch(`${url()}/dashboard`, { headers: { cookie }, redirect: "manual" });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Survivor");
    // The old refresh token still works, so the emulator has kept its keys and sessions.
    const token = await fetch(`${url()}/api/auth/token`, {
      method: "POST",
      headers: { cookie, "content-type": "application/json" },
      body: JSON.stringify({ forceRefresh: true }),
    });
    expect(token.status).toBe(200);
  });

  it("ends everything with a message and exit code 1 after the app crashes", async () => {
    const server = copy.leftBehind().find((pid) => / dev /.test(commandOf(pid)));
    expect(server).toBeDefined();
    process.kill(Number(server), "SIGKILL");
    expect(await copy.exited).toBe(1);
    expect(copy.output()).toContain("The app stopped by itself");
    expect(copy.leftBehind()).toEqual([]);
    expect(await busyPorts(Object.values(copy.ports))).toEqual([]);
  });

  it("leaves data that npm run reset removes, without touching other files", async () => {
    writeFileSync(join(copy.localDir, "letter.txt"), "mine");
    const reset = await run("reset", { ports: copy.ports, localDir: copy.localDir });
    expect(await reset.exited).toBe(0);
    expect(readdirSync(copy.localDir).sort()).toEqual(["letter.txt", "lock"]);
  });
});

it("a copy ends cleanly before it is ready", async () => {
  const copy = await run("start");
  while (copy.leftBehind().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const since = Date.now();
  copy.npm.kill("SIGTERM");
  await expectEnded(copy, since);
});

const PROMISED_MS = 5_000;

/**
 * Waits for a copy to exit with code 0, and expects no process and no busy port afterwards.
 *
 * @param copy - The copy, after it received a signal.
 * @param since - When the signal was sent, in milliseconds since 1970.
 */
async function expectEnded(copy: Copy, since: number): Promise<void> {
  expect(await copy.exited).toBe(0);
  expect(Date.now() - since).toBeLessThan(PROMISED_MS);
  expect(copy.leftBehind()).toEqual([]);
  expect(await busyPorts(Object.values(copy.ports))).toEqual([]);
}

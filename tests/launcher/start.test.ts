/** One data folder in its life with `npm start`: begun, ended, restarted, broken, emptied. Each test goes on from the last. */
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { signIn } from "../../local/demo/sign-in.ts";
import { busyPorts } from "../../local/ports.ts";
import { type Copy, cleanUp, commandOf, run, statusOf } from "./copy.ts";
import { expectEnded } from "./ending.ts";

afterAll(cleanUp);

describe("npm start", () => {
  let copy: Copy;
  let cookie: string;
  const url = () => `http://localhost:${copy.ports.app}`;

  it("says where the app is when all three answer", async () => {
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

  it("ends everything once, however often npm alone is told to", async () => {
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

  it("signs nobody out by a restart, and loses nothing", async () => {
    copy = await run("start", { ports: copy.ports, localDir: copy.localDir });
    await copy.ready();
    const page = await fetch(`${url()}/dashboard`, { headers: { cookie }, redirect: "manual" });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Survivor");
    // A new token for the old refresh token: the emulator has kept its keys and its sessions.
    const token = await fetch(`${url()}/api/auth/token`, {
      method: "POST",
      headers: { cookie, "content-type": "application/json" },
      body: JSON.stringify({ forceRefresh: true }),
    });
    expect(token.status).toBe(200);
  });

  it("ends the rest, with a message and exit 1, when the app dies by itself", async () => {
    const server = copy.leftBehind().find((pid) => / dev /.test(commandOf(pid)));
    expect(server).toBeDefined();
    process.kill(Number(server), "SIGKILL");
    expect(await copy.exited).toBe(1);
    expect(copy.output()).toContain("The app stopped by itself");
    expect(copy.leftBehind()).toEqual([]);
    expect(await busyPorts(Object.values(copy.ports))).toEqual([]);
  });

  it("leaves data that npm run reset empties, and what is not Mosaic's stays", async () => {
    writeFileSync(join(copy.localDir, "letter.txt"), "mine");
    const reset = await run("reset", { ports: copy.ports, localDir: copy.localDir });
    expect(await reset.exited).toBe(0);
    expect(readdirSync(copy.localDir).sort()).toEqual(["letter.txt", "lock"]);
  });
});

it("a copy ends as well before it is ready", async () => {
  const copy = await run("start");
  while (copy.leftBehind().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  const since = Date.now();
  copy.npm.kill("SIGTERM");
  await expectEnded(copy, since);
});

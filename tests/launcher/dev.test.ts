/**
 * `npm run dev`: everything that `npm start` does, and the demo. Each test continues from the previous one.
 */
import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { DEMO_PROJECTS } from "../../local/demo/team.ts";
import { busyPorts, type Ports } from "../../local/ports.ts";
import { signIn } from "../../local/sign-in.ts";
import { type Copy, cleanUp, commandOf, dataFolder, freePorts, run, statusOf } from "./copy.ts";
import { runUnreaped, UNUSABLE } from "./unreaped.ts";

afterAll(cleanUp);

/** The last line of a start. */
const READY = [
  "Demo: two projects", // agents:line
  "Ctrl-C ends everything.",
][0] as string;

async function isReady(copy: Copy): Promise<void> {
  await copy.ready();
  while (!copy.output().includes(READY)) {
    expect(copy.output()).not.toContain("could not be prepared");
    await pause(50);
  }
}

describe("npm run dev", () => {
  const localDir = dataFolder();
  let ports: Ports;
  let copy: Copy;

  beforeAll(async () => {
    ports = await freePorts();
  });

  it("ends everything on Ctrl-C, without a usable HOME and temporary folder, even if process 1 does not reap orphans", async () => {
    const { code, ms, left, output } = await runUnreaped(["npm", "run", "dev"], {
      signal: "SIGINT-group",
      text: READY,
      environment: { PORT: String(ports.app), LOCAL_DIR: localDir, ...UNUSABLE },
    });
    expect({ code, left }).toEqual({ code: 0, left: [] });
    expect(ms).toBeLessThan(5_000);
    expect(output).not.toContain("could not be prepared");
  });

  it("prints the app's address when every service answers", async () => {
    copy = await run("dev", { ports, localDir });
    await isReady(copy);
    for (const part of [`http://localhost:${copy.ports.app}`, "ada@example.com"]) {
      expect(copy.output()).toContain(part);
    }
    expect(await statusOf(`http://localhost:${copy.ports.app}/healthz`)).toBe(200);
  });

  // agents:start
  it("creates the demo projects once for every demo user, with agents that send metrics", async () => {
    const url = `http://127.0.0.1:${copy.ports.app}`;
    const headers = { cookie: await signIn(url, "alan@example.com") };
    const html = await (await fetch(`${url}/dashboard`, { headers })).text();
    for (const { agents } of DEMO_PROJECTS) for (const { agent } of agents) expect(html).toContain(agent);
    const token = await fetch(`${url}/api/auth/token`, { method: "POST", headers });
    const convex = new ConvexHttpClient(`http://127.0.0.1:${copy.ports.convex}`);
    convex.setAuth(((await token.json()) as { token: string }).token);
    const { projects } = await convex.query(api.pages.dashboard, {});
    expect(projects.map(({ name }) => name).sort()).toEqual(DEMO_PROJECTS.map(({ name }) => name).sort());

    const wrongKey = ["local/demo/cli.ts", "--key", "mosaic_nobody-has-this", "--url", url];
    const { status, stderr } = spawnSync(process.execPath, wrongKey, { encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toContain("refused");
  });
  // agents:end

  it("ends everything with a message and exit code 1 after the app crashes", async () => {
    const server = copy.leftBehind().find((pid) => / dev /.test(commandOf(pid)));
    expect(server).toBeDefined();
    process.kill(Number(server), "SIGKILL");
    expect(await copy.exited).toBe(1);
    expect(copy.output()).toContain("The app stopped by itself");
    expect(copy.leftBehind()).toEqual([]);
    expect(await busyPorts(Object.values(copy.ports))).toEqual([]);
  });
});

// agents:start
it("npm run agent without a key says that --key is missing", () => {
  const { status, stderr } = spawnSync(process.execPath, ["local/demo/cli.ts"], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("--key is missing");
});
// agents:end

import { afterEach, describe, expect, it } from "vitest";
import { busyPorts } from "../../local/ports.ts";
import { type Copy, cleanUp, commandOf, run, statusOf } from "./copy.ts";

afterEach(cleanUp);

const PROMISED_MS = 5_000;

async function expectEnded(copy: Copy, since: number): Promise<void> {
  expect(await copy.exited).toBe(0);
  expect(Date.now() - since).toBeLessThan(PROMISED_MS);
  expect(copy.leftBehind()).toEqual([]);
  expect(await busyPorts(Object.values(copy.ports))).toEqual([]);
}

describe.each(["start", "dev"] as const)("npm run %s", (script) => {
  it("says where the app is when all three answer, and a SIGTERM to npm alone ends everything", async () => {
    const copy = await run(script);
    await copy.ready();
    const { app, workos, convex } = copy.ports;
    for (const part of [
      `http://localhost:${app}`,
      "ada@example.com",
      "grace@example.com",
      "alan@example.com",
    ]) {
      expect(copy.output()).toContain(part);
    }
    expect(await statusOf(`http://localhost:${app}/healthz`)).toBe(200);
    expect(await busyPorts([workos, convex])).toEqual([workos, convex]);
    expect(copy.leftBehind()).not.toEqual([]);

    const since = Date.now();
    copy.npm.kill("SIGTERM");
    await expectEnded(copy, since);
  });

  it("ends the rest, with a message and exit 1, when the app dies by itself", async () => {
    const copy = await run(script);
    await copy.ready();
    const server = copy.leftBehind().find((pid) => / dev /.test(commandOf(pid)));
    expect(server).toBeDefined();
    process.kill(Number(server), "SIGKILL");
    expect(await copy.exited).toBe(1);
    expect(copy.output()).toContain("The app stopped by itself");
    expect(copy.leftBehind()).toEqual([]);
    expect(await busyPorts(Object.values(copy.ports))).toEqual([]);
  });
});

describe("a copy", () => {
  it("ends as well before it is ready", async () => {
    const copy = await run("start");
    while (copy.leftBehind().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const since = Date.now();
    copy.npm.kill("SIGTERM");
    await expectEnded(copy, since);
  });
});

import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { cleanUp, freePorts, run, statusOf } from "./copy.ts";

afterEach(cleanUp);

it("two copies of one checkout run side by side, and one outlives the other", async () => {
  const [one, other] = await Promise.all([run("start"), run("start")]);
  await Promise.all([one.ready(), other.ready()]);
  for (const copy of [one, other]) {
    expect(await statusOf(`http://127.0.0.1:${copy.ports.app}/`)).toBe(200);
    expect(existsSync(join(copy.localDir, "convex.sqlite"))).toBe(true);
  }
  one.npm.kill("SIGTERM");
  expect(await one.exited).toBe(0);
  expect(await statusOf(`http://127.0.0.1:${other.ports.app}/`)).toBe(200);
  expect(other.leftBehind()).not.toEqual([]);
});

it("a data folder in use is refused to another copy and to npm run reset", async () => {
  const copy = await run("start");
  await copy.ready();
  const other = await run("start", { ports: await freePorts(), localDir: copy.localDir });
  expect(await other.exited).toBe(1);
  expect(other.output()).toContain("already running");
  const reset = await run("reset", { ports: copy.ports, localDir: copy.localDir });
  expect(await reset.exited).toBe(1);
  expect(reset.output()).toContain("Stop it first");
  expect(await statusOf(`http://127.0.0.1:${copy.ports.app}/healthz`)).toBe(200);
});

it("npm run reset empties the data, and leaves what is not Mosaic's", async () => {
  const copy = await run("start");
  await copy.ready();
  copy.npm.kill("SIGTERM");
  await copy.exited;
  writeFileSync(join(copy.localDir, "letter.txt"), "mine");
  const reset = await run("reset", { ports: copy.ports, localDir: copy.localDir });
  expect(await reset.exited).toBe(0);
  expect(readdirSync(copy.localDir).sort()).toEqual(["letter.txt", "lock"]);
});

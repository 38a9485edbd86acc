import { spawnSync } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { ConvexHttpClient } from "convex/browser";
import { afterEach, expect, it } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { signIn } from "../../local/demo/sign-in.ts";
import { DEMO_PROJECTS } from "../../local/demo/team.ts";
import { type Copy, cleanUp, run } from "./copy.ts";

afterEach(cleanUp);

async function demoIsReady(copy: Copy): Promise<void> {
  await copy.ready();
  while (!copy.output().includes("Demo: two projects")) {
    expect(copy.output()).not.toContain("could not be prepared");
    await pause(50);
  }
}

it("npm run dev comes with projects for everyone in the demo, once, and agents that send to them", async () => {
  const copy = await run("dev");
  await demoIsReady(copy);
  copy.npm.kill("SIGTERM");
  await copy.exited;
  const again = await run("dev", { ports: copy.ports, localDir: copy.localDir });
  await demoIsReady(again);

  const url = `http://127.0.0.1:${again.ports.app}`;
  const headers = { cookie: await signIn(url, "alan@example.com") };
  const html = await (await fetch(`${url}/dashboard`, { headers })).text();
  for (const { agents } of DEMO_PROJECTS) for (const { agent } of agents) expect(html).toContain(agent);
  const token = await fetch(`${url}/api/auth/token`, { method: "POST", headers });
  const convex = new ConvexHttpClient(`http://127.0.0.1:${again.ports.convex}`);
  convex.setAuth(((await token.json()) as { token: string }).token);
  const { projects } = await convex.query(api.pages.dashboard, {});
  expect(projects.map(({ name }) => name).sort()).toEqual(DEMO_PROJECTS.map(({ name }) => name).sort());

  const wrongKey = ["local/demo/cli.ts", "--key", "mosaic_nobody-has-this", "--url", url];
  const { status, stderr } = spawnSync(process.execPath, wrongKey, { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("refused");
});

it("npm run agent says what it needs", () => {
  const { status, stderr } = spawnSync(process.execPath, ["local/demo/cli.ts"], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain("--key is missing");
});

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { cleanUp, dataFolder, freePorts } from "./copy.ts";
import { runUnreaped } from "./unreaped.ts";

afterEach(cleanUp);

const OWN_CHILDREN = join(import.meta.dirname, "../../local/exit-cleanly/own-children.cjs");

/** Runs a script with the module loaded, as the npm scripts do. */
const runScript = (script: string, signal?: string) =>
  runUnreaped([process.execPath, "--require", OWN_CHILDREN, "-e", script], { signal, text: "ready" });

const SPAWN = `const { spawn } = require("node:child_process");
  const sleep = () => spawn("sleep", ["100"], { stdio: "ignore" });`;

describe("a Node process that an npm script starts", () => {
  it("ends its children and waits for them when it exits", async () => {
    const { code, left } = await runScript(
      `${SPAWN} sleep(); sleep(); setTimeout(() => process.exit(3), 100);`,
    );
    expect({ code, left }).toEqual({ code: 3, left: [] });
  });

  it("ends its children when its event loop is empty", async () => {
    const { code, left } = await runScript(`${SPAWN} sleep().unref();`);
    expect({ code, left }).toEqual({ code: 0, left: [] });
  });

  it("ends the children of its worker threads", async () => {
    const { code, left } = await runScript(
      `const { Worker } = require("node:worker_threads");
       new Worker(${JSON.stringify(`${SPAWN} sleep(); setInterval(() => {}, 1000);`)}, { eval: true });
       setTimeout(() => process.exit(0), 500);`,
    );
    expect({ code, left }).toEqual({ code: 0, left: [] });
  });

  it("ends its children on a signal, and then exits with that signal", async () => {
    const script = `${SPAWN} sleep(); console.log("ready"); setInterval(() => {}, 1000);`;
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
      const { code, left } = await runScript(script, signal);
      expect({ code, left }).toEqual({ code: signal, left: [] });
    }
  });

  it("ends its children before its own signal handler exits", async () => {
    const { code, left } = await runScript(
      `${SPAWN} sleep(); process.on("SIGTERM", () => process.exit(7));
       console.log("ready"); setInterval(() => {}, 1000);`,
      "SIGTERM",
    );
    expect({ code, left }).toEqual({ code: 7, left: [] });
  });
});

it("npx wrangler dev leaves no process after SIGTERM, even if process 1 does not reap orphans", async () => {
  const { app } = await freePorts();
  // Wrangler gets a separate folder, so the checkout's .dev.vars stays unchanged.
  const folder = dataFolder();
  mkdirSync(join(folder, "server"), { recursive: true });
  writeFileSync(join(folder, "server", "index.js"), 'export default { fetch: () => new Response("here") };');
  writeFileSync(
    join(folder, "server", "wrangler.json"),
    JSON.stringify({ name: "here", main: "index.js", compatibility_date: "2026-10-01" }),
  );
  const config = join(folder, "server", "wrangler.json");
  const { left } = await runUnreaped(
    ["npx", "wrangler", "dev", "--config", config, "--port", String(app), "--inspector-port", "0"],
    { signal: "SIGTERM", text: "Ready on", environment: { CLOUDFLARE_CF_FETCH_ENABLED: "false" } },
  );
  expect(left).toEqual([]);
});

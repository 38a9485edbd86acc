/**
 * `npm run dev`: everything that `npm start` does, and the demo. Each test continues from the previous one. That a
 * crash of the app ends everything is tested with `npm start`, which has the same launcher.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { api } from "../../convex/_generated/api.js";
import { localDefaults } from "../../local/config.ts";
import { prepareDemo } from "../../local/demo/prepare.ts";
import { DEMO_PROJECTS } from "../../local/demo/team.ts";
import { busyPorts, type Ports } from "../../local/ports.ts";
import { signIn } from "../../local/sign-in.ts";
import { cleanUp, dataFolder, freePorts, statusOf } from "./copy.ts";
import { type Running, startUnreaped, UNUSABLE } from "./unreaped.ts";

/** The last line of a start. */
const READY = [
  "Demo: two projects", // agents:line
  "Ctrl-C ends everything.",
][0] as string;

describe("npm run dev", () => {
  const localDir = dataFolder();
  let ports: Ports;
  let running: Running;

  beforeAll(async () => {
    ports = await freePorts();
    running = startUnreaped(["npm", "run", "dev"], {
      signal: "SIGINT-group",
      text: READY,
      environment: {
        ...{ PORT: String(ports.app), LOCAL_DIR: localDir, WORKOS_EMULATOR_STRICT: "1" },
        ...UNUSABLE,
      },
    });
  });

  afterAll(async () => {
    await running.end();
    await cleanUp();
  });

  it("starts every service, without a usable HOME and temporary folder", async () => {
    await running.ready;
    expect(await statusOf(`http://localhost:${ports.app}/healthz`)).toBe(200);
  });

  it("passes WORKOS_EMULATOR_STRICT on: a refresh token works once", async () => {
    const defaults = localDefaults(ports);
    const workos = `${defaults.WORKOS_API_URL}/user_management`;
    const client = { client_id: defaults.WORKOS_CLIENT_ID ?? "" };
    const redirectUri = { redirect_uri: `http://localhost:${ports.app}/callback` };
    const query = new URLSearchParams({
      ...client,
      ...redirectUri,
      response_type: "code",
      provider: "authkit",
    });
    const signedIn = await fetch(`${workos}/authorize?${query}`, {
      method: "POST",
      redirect: "manual",
      body: new URLSearchParams({ email: "strict@example.com" }),
    });
    const code = new URL(signedIn.headers.get("location") ?? "").searchParams.get("code");
    const grant = (fields: object) =>
      fetch(`${workos}/authenticate`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ ...client, client_secret: defaults.WORKOS_API_KEY, ...fields }),
      });
    const exchanged = await grant({ grant_type: "authorization_code", code });
    const { refresh_token } = (await exchanged.json()) as { refresh_token: string };
    const refresh = async () => (await grant({ grant_type: "refresh_token", refresh_token })).status;
    expect([await refresh(), await refresh()]).toEqual([200, 400]);
  });

  // agents:start
  it("creates the demo projects once for every demo user, with agents that send metrics", async () => {
    const url = `http://127.0.0.1:${ports.app}`;
    const convexUrl = `http://127.0.0.1:${ports.convex}`;
    const keysFile = join(localDir, "demo-keys.json");
    const keys = JSON.parse(readFileSync(keysFile, "utf8"));
    const { signal } = new AbortController();
    expect(await prepareDemo({ appUrl: url, convexUrl, keysFile, signal })).toEqual(keys);

    const headers = { cookie: await signIn(url, "alan@example.com") };
    const html = await (await fetch(`${url}/dashboard`, { headers })).text();
    for (const { agents } of DEMO_PROJECTS) for (const { agent } of agents) expect(html).toContain(agent);
    const token = await fetch(`${url}/api/auth/token`, { method: "POST", headers });
    const convex = new ConvexHttpClient(convexUrl);
    convex.setAuth(((await token.json()) as { token: string }).token);
    const { projects } = await convex.query(api.pages.dashboard, {});
    expect(projects.map(({ name }) => name).sort()).toEqual(DEMO_PROJECTS.map(({ name }) => name).sort());

    const wrongKey = ["local/demo/cli.ts", "--key", "mosaic_nobody-has-this", "--url", url];
    const { status, stderr } = spawnSync(process.execPath, wrongKey, { encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toContain("refused");
  });
  // agents:end

  it("ends everything on Ctrl-C, even if process 1 does not reap orphans", async () => {
    const { code, ms, left, output } = await running.end();
    expect({ code, left }).toEqual({ code: 0, left: [] });
    expect(ms).toBeLessThan(5_000);
    for (const part of [`http://localhost:${ports.app}`, "ada@example.com"]) expect(output).toContain(part);
    expect(output).not.toContain("could not be prepared");
    expect(await busyPorts(Object.values(ports))).toEqual([]);
  });
});

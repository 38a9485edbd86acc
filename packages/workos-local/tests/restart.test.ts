/** State across restarts, the data file, and the command. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLocalJWKSet, jwtVerify } from "jose";
import { expect, test } from "vitest";
import { startWorkOS } from "../src/server.ts";
import {
  API_KEY,
  CLIENT_ID,
  codeFor,
  failureOf,
  local,
  newPkce,
  runningWorkOS,
  sdkFor,
  signIn,
} from "./running-workos.ts";

test("keys, codes, sessions and refresh tokens stay valid across a restart", async () => {
  await using workos = await runningWorkOS();
  const { userManagement } = workos.sdk;
  const { accessToken, refreshToken, user } = await signIn(workos, { email: "stays@example.org" });
  const pkce = newPkce();
  const code = await codeFor(workos, pkce, { email: "ada@example.com" });
  await local(workos, "PUT", "settings", { accessTokenSeconds: 7 });

  await workos.restart();

  const jwks = await (await fetch(userManagement.getJwksUrl(CLIENT_ID))).json();
  expect((await jwtVerify(accessToken, createLocalJWKSet(jwks))).payload.sub).toBe(user.id);
  await userManagement.authenticateWithCode({ code, codeVerifier: pkce.verifier });
  const next = await userManagement.authenticateWithRefreshToken({ refreshToken });
  expect(next.user.id).toBe(user.id);
  const { exp = 0, iat = 0 } = (await jwtVerify(next.accessToken, createLocalJWKSet(jwks))).payload;
  expect(exp - iat).toBe(7);
  expect((await userManagement.listSessions(user.id)).data).toHaveLength(1);
});

test("a deleted demo user stays deleted across a restart", async () => {
  await using workos = await runningWorkOS();
  const { user } = await signIn(workos);
  await workos.sdk.userManagement.deleteUser(user.id);
  await workos.restart();
  expect((await workos.sdk.userManagement.listUsers({ email: "ada@example.com" })).data).toEqual([]);
});

test("the data file is readable only by its owner and contains no plain token", async () => {
  await using workos = await runningWorkOS();
  const { refreshToken } = await signIn(workos);
  expect(statSync(workos.dataFile).mode & 0o777).toBe(0o600);
  expect(statSync(`${workos.dataFile}-wal`).mode & 0o777).toBe(0o600);
  expect(readFileSync(`${workos.dataFile}-wal`, "latin1")).not.toContain(refreshToken);
});

test("listens only on loopback", async () => {
  await using workos = await runningWorkOS();
  const port = Number(new URL(workos.url).port);
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address && !address.internal && address.family === "IPv4");
  if (outside) {
    const reached = await new Promise<boolean>((resolve) => {
      const socket = connect(port, outside.address);
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.unref();
    });
    expect(reached).toBe(false);
  }
  expect((await fetch(`${workos.url}/_local/health`)).status).toBe(200);
});

test("a port in use rejects with EADDRINUSE, and the data file is closed", async () => {
  await using workos = await runningWorkOS();
  const folder = mkdtempSync(join(tmpdir(), "workos-"));
  const start = startWorkOS({
    port: Number(new URL(workos.url).port),
    dataFile: join(folder, "workos.sqlite"),
    clientId: CLIENT_ID,
    apiKey: API_KEY,
  });
  await expect(start).rejects.toMatchObject({ code: "EADDRINUSE" });
  rmSync(folder, { recursive: true });
});

test("close does not wait for requests without a response", async () => {
  const workos = await runningWorkOS();
  await local(workos, "POST", "faults", { hang: true, count: null });
  const hanging = fetch(`${workos.url}/anything`).catch((error: unknown) => error);
  await local(workos, "GET", "health");
  await workos.close();
  expect(await hanging).toBeInstanceOf(TypeError);
});

const CLI = fileURLToPath(new URL("../bin/workos-local.mjs", import.meta.url));

function cli(args: string[], environment: Record<string, string>) {
  const child = spawn(process.execPath, [CLI, ...args], { env: { ...environment }, stdio: "pipe" });
  const output = { text: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output.text += data));
  return { child, output, ended: once(child, "close").then(([code]): number => code) };
}

test("the command prints its address and no key, is strict by a variable, and exits with 0 on SIGTERM", async () => {
  const folder = mkdtempSync(join(tmpdir(), "workos-"));
  const { child, output, ended } = cli(["--port", "0", "--data", join(folder, "workos.sqlite")], {
    WORKOS_CLIENT_ID: CLIENT_ID,
    WORKOS_API_KEY: API_KEY,
    WORKOS_EMULATOR_STRICT: "1",
  });
  await once(child.stdout, "data");
  const [, url = ""] = /^WorkOS emulator on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(output.text) ?? [];
  const sdk = sdkFor(url);
  const { refreshToken } = await signIn({ sdk });
  const refresh = () => sdk.userManagement.authenticateWithRefreshToken({ refreshToken });
  await refresh();
  expect(await failureOf(refresh())).toMatchObject({ error: "invalid_grant" });
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
  expect(output.text).not.toContain(API_KEY);
  rmSync(folder, { recursive: true });
});

test("npx workos-local --help works, even if the machine's Node is older", () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const npx = spawnSync("npx", ["workos-local", "--help"], { cwd: root, encoding: "utf8" });
  expect(npx).toMatchObject({ status: 0, stdout: expect.stringContaining("npx workos-local --port N") });
});

test("the command reports a missing argument and exits with 1", async () => {
  const { output, ended } = cli(["--port", "8788"], {});
  expect(await ended).toBe(1);
  expect(output.text).toContain("--data must name a file.");
});

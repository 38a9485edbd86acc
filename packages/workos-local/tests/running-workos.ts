/** Starts an emulator for a test, with the real SDK and the steps of a browser. */
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WorkOS } from "@workos-inc/node";
import { startWorkOS, type WorkOSOptions } from "../src/server.ts";

export const CLIENT_ID = "client_test";
export const API_KEY = "sk_test_key";
export const REDIRECT_URI = "http://localhost:8787/callback";

export type RunningWorkOS = {
  url: string;
  dataFile: string;
  sdk: WorkOS;
  /** Stops the emulator and starts it again with the same file and port. */
  restart(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
};

export function sdkFor(
  url: string,
  options: { apiKey?: string; clientId?: string; timeout?: number } = {},
): WorkOS {
  const { hostname, port } = new URL(url);
  return new WorkOS({
    apiKey: options.apiKey ?? API_KEY,
    clientId: options.clientId ?? CLIENT_ID,
    apiHostname: hostname,
    port: Number(port),
    https: false,
    maxRetries: 0,
    timeout: options.timeout ?? 5_000,
  });
}

export async function runningWorkOS(options: Partial<WorkOSOptions> = {}): Promise<RunningWorkOS> {
  const folder = mkdtempSync(join(tmpdir(), "workos-"));
  const dataFile = join(folder, "data", "workos.sqlite");
  const start = (port: number) =>
    startWorkOS({ port, dataFile, clientId: CLIENT_ID, apiKey: API_KEY, ...options });
  let server = await start(0);
  const { url } = server;
  const close = async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  };
  return {
    url,
    dataFile,
    sdk: sdkFor(url),
    restart: async () => {
      await server.close();
      server = await start(Number(new URL(url).port));
      // Lets fetch in this process notice that its idle connections are closed.
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

export type Pkce = { verifier: string; challenge: string };

export function newPkce(): Pkce {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** Returns the authorize URL of an app. */
export function authorizeUrl(
  workos: Pick<RunningWorkOS, "sdk">,
  pkce: Pkce,
  more: { loginHint?: string; organizationId?: string; screenHint?: "sign-in" | "sign-up" } = {},
): string {
  return workos.sdk.userManagement.getAuthorizationUrl({
    provider: "authkit",
    clientId: CLIENT_ID,
    redirectUri: REDIRECT_URI,
    state: "the state",
    codeChallenge: pkce.challenge,
    codeChallengeMethod: "S256",
    screenHint: "sign-in",
    ...more,
  });
}

/** Posts the form of the page and returns the response without following redirects. */
export function submit(url: string, form: Record<string, string>): Promise<Response> {
  return fetch(url, { method: "POST", body: new URLSearchParams(form), redirect: "manual" });
}

/** Returns the target of a redirect. */
export function locationOf(response: Response): URL {
  const location = response.headers.get("location");
  if (!location) throw new Error(`Expected a redirect, got ${response.status}.`);
  return new URL(location);
}

/** Signs in on the page and returns the code. */
export async function codeFor(
  workos: Pick<RunningWorkOS, "sdk">,
  pkce: Pkce,
  form: Record<string, string>,
  more: { organizationId?: string } = {},
): Promise<string> {
  const location = locationOf(await submit(authorizeUrl(workos, pkce, more), form));
  const code = location.searchParams.get("code");
  if (!code) throw new Error(`Expected a code, got ${location.searchParams.get("error")}.`);
  return code;
}

/** Signs in and exchanges the code. */
export async function signIn(
  workos: Pick<RunningWorkOS, "sdk">,
  form: Record<string, string> = { email: "ada@example.com" },
  more: { organizationId?: string } = {},
) {
  const pkce = newPkce();
  const code = await codeFor(workos, pkce, form, more);
  return workos.sdk.userManagement.authenticateWithCode({
    clientId: CLIENT_ID,
    code,
    codeVerifier: pkce.verifier,
    ipAddress: "203.0.113.7",
    userAgent: "Test browser",
  });
}

/** Calls a route for tests. */
export async function local<Result = unknown>(
  workos: RunningWorkOS,
  method: string,
  path: string,
  body?: unknown,
): Promise<Result> {
  const response = await fetch(`${workos.url}/_local/${path}`, {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { "Content-Type": "application/json" },
    }),
  });
  if (!response.ok) throw new Error(`/_local/${path}: ${response.status} ${await response.text()}`);
  const text = await response.text();
  return JSON.parse(text === "" ? "null" : text);
}

/** Returns the error that a promise rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<Error & { [field: string]: unknown }> {
  const outcome = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  if (!(outcome instanceof Error)) throw new Error("The promise did not reject.");
  return outcome as Error & { [field: string]: unknown };
}

/** Returns the fields of an error, including its name. */
export function fieldsOf(error: unknown): { [field: string]: unknown } {
  if (!(error instanceof Error)) throw new Error("Expected an error.");
  return { ...error, name: error.name };
}

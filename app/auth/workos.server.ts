/** Calls WorkOS through its SDK, with a deadline and a single error type. */
import { WorkOS } from "@workos-inc/node";
import { isVisible } from "../../convex/model/names.ts";
import type { Env } from "../request/env.server.ts";
import { WorkOSCallError } from "../request/errors.ts";
import type { SessionUser } from "./session.ts";

/** Device of a request, for WorkOS's list of sessions. */
export type Device = { ipAddress: string; userAgent: string };

/** WorkOS's response to a code or a refresh token. Not verified yet. */
export type Grant = {
  user: SessionUser;
  /** When WorkOS last changed the user, Unix milliseconds; null if unknown. */
  userUpdatedAt: number | null;
  accessToken: string;
  refreshToken: string;
};

/** Returns an SDK client without automatic retries. */
function client(env: Env): WorkOS {
  const { hostname, port, protocol } = new URL(env.workosApiUrl);
  return new WorkOS({
    apiKey: env.workosApiKey,
    clientId: env.workosClientId,
    apiHostname: hostname,
    ...(port ? { port: Number(port) } : {}),
    https: protocol === "https:",
    maxRetries: 0,
  });
}

/**
 * Rejects when the signal aborts. The SDK's workerd build ignores both `timeout` and a custom `fetch`, so a
 * hanging call can only be abandoned.
 */
function within<T>(signal: AbortSignal, call: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new WorkOSCallError("unavailable", null, "timeout"));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    call.then(resolve, reject);
  });
}

/**
 * Calls the SDK with a deadline and a single error type.
 *
 * @param signal - Aborts waiting for the response.
 * @param call - Receives the SDK client.
 * @returns The result of `call`.
 * @throws {WorkOSCallError} when WorkOS rejects the call or does not respond.
 */
export async function callWorkOS<T>(
  env: Env,
  signal: AbortSignal,
  call: (sdk: WorkOS) => Promise<T>,
): Promise<T> {
  try {
    return await within(signal, call(client(env)));
  } catch (error) {
    throw describeFailure(error);
  }
}

/** Parameters of the WorkOS sign-in page. */
export type AuthorizationOptions = {
  state: string;
  codeChallenge: string;
  screenHint: "sign-in" | "sign-up";
  loginHint?: string;
  organizationId?: string;
};

/**
 * Returns the URL of the WorkOS sign-in page for one flow.
 *
 * @throws {Error} when the SDK rejects the options.
 */
export function authorizationUrl(env: Env, options: AuthorizationOptions): string {
  return client(env).userManagement.getAuthorizationUrl({
    provider: "authkit",
    clientId: env.workosClientId,
    redirectUri: env.redirectUri,
    codeChallengeMethod: "S256",
    ...options,
  });
}

/** Returns the URL that ends a session at WorkOS and redirects back to the app. */
export function logoutUrl(env: Env, sessionId: string): string {
  return client(env).userManagement.getLogoutUrl({ sessionId, returnTo: env.appUrl });
}

/**
 * Exchanges an authorization code for tokens.
 *
 * @param codeVerifier - The PKCE verifier of the flow.
 * @param signal - Aborts waiting for the response.
 * @returns The user and tokens, not verified.
 * @throws {WorkOSCallError} `invalid_grant` when the code has expired or was used.
 * Source: RFC 6749, section 4.1.3, and RFC 7636.
 */
export function exchangeCode(
  env: Env,
  code: string,
  codeVerifier: string,
  { ipAddress, userAgent }: Device,
  signal: AbortSignal,
): Promise<Grant> {
  return grant(env, signal, (sdk) =>
    sdk.userManagement.authenticateWithCode({
      clientId: env.workosClientId,
      code,
      codeVerifier,
      ipAddress,
      userAgent,
    }),
  );
}

/**
 * Exchanges a refresh token, which is valid once, for new tokens.
 *
 * @param organizationId - The organization to sign in to; null for none.
 * @param signal - Aborts waiting for the response.
 * @returns The user and tokens, not verified.
 * @throws {WorkOSCallError} `invalid_grant` when the session has ended.
 * Source: RFC 6749, section 6.
 */
export function exchangeRefreshToken(
  env: Env,
  refreshToken: string,
  organizationId: string | null,
  signal: AbortSignal,
): Promise<Grant> {
  return grant(env, signal, (sdk) =>
    sdk.userManagement.authenticateWithRefreshToken({
      clientId: env.workosClientId,
      refreshToken,
      ...(organizationId ? { organizationId } : {}),
    }),
  );
}

/** The SDK's result. An invalid body with status 200 results in undefined fields. */
type Answer = { user?: unknown; accessToken?: unknown; refreshToken?: unknown };

async function grant(env: Env, signal: AbortSignal, call: (sdk: WorkOS) => Promise<unknown>): Promise<Grant> {
  const answer = (await callWorkOS(env, signal, call)) as Answer | null;
  const user = readUser(answer?.user);
  const { accessToken, refreshToken } = answer ?? {};
  if (!user || typeof accessToken !== "string" || typeof refreshToken !== "string") {
    throw new WorkOSCallError("unavailable", 200, "unusable_answer");
  }
  return { user, userUpdatedAt: readUpdatedAt(answer?.user), accessToken, refreshToken };
}

function readUpdatedAt(given: unknown): number | null {
  const { updatedAt } = given as { updatedAt?: unknown };
  const time = typeof updatedAt === "string" ? Date.parse(updatedAt) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

function readUser(given: unknown): SessionUser | null {
  if (typeof given !== "object" || given === null) return null;
  const user = given as Record<string, unknown>;
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
  const name = (value: unknown) => (typeof value === "string" && isVisible(value) ? value : null);
  const id = text(user.id);
  const email = text(user.email);
  if (id === null || email === null) return null;
  return {
    id,
    email,
    firstName: name(user.firstName),
    lastName: name(user.lastName),
    profilePictureUrl: text(user.profilePictureUrl),
    emailVerified: user.emailVerified === true,
  };
}

/**
 * Converts an SDK error. SDK errors contain WorkOS's response, including pending tokens, so they must not be
 * passed on or logged.
 */
function describeFailure(error: unknown): WorkOSCallError {
  if (error instanceof WorkOSCallError) return error;
  const fields = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const status = typeof fields.status === "number" ? fields.status : null;
  const word = fields.error ?? fields.code;
  const code = typeof word === "string" && /^[a-z_]{1,64}$/.test(word) ? word : null;
  if (code === "invalid_grant" && status !== null && status < 500) {
    return new WorkOSCallError("invalid_grant", status, code, error);
  }
  // 408 and 429 are temporary and do not mean that the grant is invalid.
  const rejected = status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
  return new WorkOSCallError(rejected ? "rejected" : "unavailable", status, code, error);
}

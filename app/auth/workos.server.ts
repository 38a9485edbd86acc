/** The calls to WorkOS, through its SDK, each with a deadline and one kind of error. */
import { WorkOS } from "@workos-inc/node";
import { isVisible } from "../../convex/model/names.ts";
import type { Env } from "../env.server.ts";
import { WorkOSFailure } from "../errors.ts";
import type { SessionUser } from "./session.ts";

/** Where a request came from, as WorkOS shows it in its own list of sessions. */
export type Device = { ipAddress: string; userAgent: string };

/** What WorkOS answers to a code or a refresh token; nothing of it is verified yet. */
export type Grant = {
  user: SessionUser;
  /** When WorkOS last changed the person, Unix milliseconds; null where it does not say. */
  userUpdatedAt: number | null;
  accessToken: string;
  refreshToken: string;
};

/** An SDK client. Retries are ours to decide. */
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
 * Waits no longer than the signal. The SDK's build for workerd drops both its `timeout` and a `fetch` of one's own, so
 * a call that hangs can only be left behind.
 */
function within<T>(signal: AbortSignal, call: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new WorkOSFailure("unavailable", null, "timeout"));
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    call.then(resolve, reject);
  });
}

/**
 * One call of the SDK, with a deadline and one kind of error.
 *
 * @throws {WorkOSFailure}
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

/** What a person may ask of the sign-in page. */
export type AuthorizationOptions = {
  state: string;
  codeChallenge: string;
  screenHint: "sign-in" | "sign-up";
  loginHint?: string;
  organizationId?: string;
};

/** @returns The address of WorkOS's sign-in page for one flow. @throws where the SDK refuses the options. */
export function authorizationUrl(env: Env, options: AuthorizationOptions): string {
  return client(env).userManagement.getAuthorizationUrl({
    provider: "authkit",
    clientId: env.workosClientId,
    redirectUri: env.redirectUri,
    codeChallengeMethod: "S256",
    ...options,
  });
}

/** @returns The address that ends a session at WorkOS and sends the browser back to the app. */
export function logoutUrl(env: Env, sessionId: string): string {
  return client(env).userManagement.getLogoutUrl({ sessionId, returnTo: env.appUrl });
}

/**
 * Exchanges an authorization code. RFC 6749 section 4.1.3, with PKCE (RFC 7636).
 *
 * @throws {WorkOSFailure}
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
 * Exchanges a refresh token, which is good once. RFC 6749 section 6.
 *
 * @throws {WorkOSFailure} `invalid_grant` where the session is over.
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

/** The SDK's answer, of which nothing is sure: garbage with status 200 comes through as undefined fields. */
type Answer = { user?: unknown; accessToken?: unknown; refreshToken?: unknown };

async function grant(env: Env, signal: AbortSignal, call: (sdk: WorkOS) => Promise<unknown>): Promise<Grant> {
  const answer = (await callWorkOS(env, signal, call)) as Answer | null;
  const user = readUser(answer?.user);
  const { accessToken, refreshToken } = answer ?? {};
  if (!user || typeof accessToken !== "string" || typeof refreshToken !== "string") {
    throw new WorkOSFailure("unavailable", 200, "unusable_answer");
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
 * Sorts what the SDK throws. Its error objects hold WorkOS's answer, pending tokens included, so they go no further
 * than this function.
 */
function describeFailure(error: unknown): WorkOSFailure {
  if (error instanceof WorkOSFailure) return error;
  const fields = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const status = typeof fields.status === "number" ? fields.status : null;
  const word = fields.error ?? fields.code;
  const code = typeof word === "string" && /^[a-z_]{1,64}$/.test(word) ? word : null;
  if (code === "invalid_grant" && status !== null && status < 500) {
    return new WorkOSFailure("invalid_grant", status, code);
  }
  // A timeout comes as 408 and an exhausted limit as 429: both say nothing about the grant.
  const refused = status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
  return new WorkOSFailure(refused ? "refused" : "unavailable", status, code);
}

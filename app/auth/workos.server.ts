/** Calls WorkOS through its SDK, with a deadline and a single error type. */
import { WorkOS } from "@workos-inc/node";
import type { Env } from "../request/env.server.ts";
import { WorkOSCallError } from "../request/errors.ts";

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
  invitationToken?: string;
  organizationId?: string;
  /** The single sign-on connection to use, instead of the sign-in page. */
  connectionId?: string;
};

/**
 * Returns the URL of the WorkOS sign-in page for one flow.
 *
 * @throws {Error} when the SDK rejects the options.
 */
export function authorizationUrl(
  env: Env,
  { connectionId, screenHint, ...options }: AuthorizationOptions,
): string {
  // WorkOS accepts either a connection or a provider.
  const page = connectionId ? { connectionId } : { provider: "authkit", screenHint };
  return client(env).userManagement.getAuthorizationUrl({
    ...page,
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
 * Converts an SDK error. SDK errors contain WorkOS's response, including pending tokens, so they must not be
 * passed on or logged.
 */
function describeFailure(error: unknown): WorkOSCallError {
  if (error instanceof WorkOSCallError) return error;
  const fields = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  const status = typeof fields.status === "number" ? fields.status : null;
  const word = fields.error ?? fields.code;
  const code = typeof word === "string" && /^[a-z_]{1,64}$/.test(word) ? word : null;
  // 408 and 429 are temporary.
  const rejected = status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
  return new WorkOSCallError(rejected ? "rejected" : "unavailable", status, code, error);
}

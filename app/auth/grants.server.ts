/**
 * Exchanges codes and refresh tokens for tokens at WorkOS. Not through the SDK, which hides the body of some
 * errors, and whose calls cannot be aborted.
 */
import { isVisible } from "../../convex/model/names.ts";
import type { Env } from "../request/env.server.ts";
import { GrantError, WorkOSCallError, type WorkOSCallErrorKind } from "../request/errors.ts";
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

/**
 * Exchanges an authorization code for tokens.
 *
 * @param verifier - The PKCE verifier of the flow.
 * @param signal - Aborts the call.
 * @returns The user and tokens, not verified.
 * @throws {GrantError} `invalid_grant` when the code has expired or was used.
 * Source: RFC 6749, section 4.1.3, and RFC 7636.
 */
export function exchangeCode(
  env: Env,
  code: string,
  verifier: string,
  { ipAddress, userAgent }: Device,
  signal: AbortSignal,
): Promise<Grant> {
  const device = { ip_address: ipAddress, user_agent: userAgent };
  const fields = { grant_type: "authorization_code", code, code_verifier: verifier, ...device };
  return authenticate(env, fields, signal);
}

/**
 * Exchanges a refresh token for new tokens. WorkOS accepts a used one again for 30 s.
 *
 * @param organizationId - The organization to sign in to; null for none.
 * @param signal - Aborts the call.
 * @returns The user and tokens, not verified.
 * @throws {GrantError} when WorkOS rejects the refresh or does not respond.
 * Source: RFC 6749, section 6.
 */
export function exchangeRefreshToken(
  env: Env,
  refreshToken: string,
  organizationId: string | null,
  signal: AbortSignal,
): Promise<Grant> {
  const organization: Record<string, string> =
    organizationId === null ? {} : { organization_id: organizationId };
  const fields = { grant_type: "refresh_token", refresh_token: refreshToken, ...organization };
  return authenticate(env, fields, signal);
}

async function authenticate(env: Env, fields: Record<string, string>, signal: AbortSignal): Promise<Grant> {
  const body = JSON.stringify({
    client_id: env.workosClientId,
    client_secret: env.workosApiKey,
    ...fields,
  });
  const headers = { Accept: "application/json", "Content-Type": "application/json" };
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${env.workosApiUrl}/user_management/authenticate`, {
      method: "POST",
      headers,
      body,
      signal,
    });
    text = await response.text();
  } catch (error) {
    throw new WorkOSCallError("unavailable", null, signal.aborted ? "timeout" : null, error);
  }
  const answer = objectIn(text);
  if (!response.ok) throw rejectionIn(response, answer);
  const { access_token: accessToken, refresh_token: refreshToken } = answer;
  const user = readUser(answer.user);
  if (user === null || typeof accessToken !== "string" || typeof refreshToken !== "string") {
    throw new WorkOSCallError("unavailable", 200, "unusable_answer");
  }
  return { user, userUpdatedAt: readUpdatedAt(answer.user), accessToken, refreshToken };
}

type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Returns the JSON object in a body; empty if there is none. */
function objectIn(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

const word = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
const words = (value: unknown) =>
  Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];

/** A code that may be logged: the response could contain anything. */
const LOGGED_CODE = /^[a-z_]{1,64}$/;

/** Returns the error of a response. It keeps ids and codes only: bodies contain pending tokens. */
function rejectionIn(response: Response, answer: Fields): GrantError {
  const code = codeIn(answer);
  const organizations = Array.isArray(answer.organizations) ? answer.organizations.filter(isObject) : [];
  const known = code !== null && LOGGED_CODE.test(code) ? code : null;
  return new GrantError(kindOf(response.status, code), response.status, known, {
    retryAfterMs: retryAfter(response.headers.get("Retry-After")),
    connectionIds: words(answer.connection_ids),
    organizationIds: words(organizations.map(({ id }) => id)),
  });
}

/** Codes that mean that our configuration or request is wrong. RFC 6749, section 5.2. */
const OUR_FAULT: ReadonlySet<string | null> = new Set([
  "invalid_client",
  "unauthorized_client",
  "invalid_request",
  "unsupported_grant_type",
]);

/** Returns the code of an error. A body may have a code in `code` and a text in `error`, or only one of them. */
function codeIn({ error, code }: Fields): string | null {
  const given = [word(code), word(error)].filter((one) => one !== null);
  const tests = [
    (one: string) => OUR_FAULT.has(one),
    (one: string) => one === "invalid_grant",
    (one: string) => LOGGED_CODE.test(one),
    () => true,
  ];
  return tests.map((test) => given.find(test)).find((one) => one !== undefined) ?? null;
}

/** Statuses of a decision by WorkOS. */
const DECISIONS: readonly number[] = [400, 403, 404, 422];

function kindOf(status: number, code: string | null): WorkOSCallErrorKind {
  if (status === 408 || status === 429 || status >= 500) return "unavailable";
  // Without a code, a proxy or a firewall may have answered.
  if (code === null || OUR_FAULT.has(code) || !DECISIONS.includes(status)) return "misconfigured";
  return code === "invalid_grant" ? "invalid_grant" : "rejected";
}

/** Returns the delay in a `Retry-After` header in milliseconds. RFC 9110, section 10.2.3. */
function retryAfter(header: string | null): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : null;
}

function readUpdatedAt(user: unknown): number | null {
  const time =
    isObject(user) && typeof user.updated_at === "string" ? Date.parse(user.updated_at) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

function readUser(user: unknown): SessionUser | null {
  if (!isObject(user)) return null;
  const name = (value: unknown) => (typeof value === "string" && isVisible(value) ? value : null);
  const id = word(user.id);
  const email = word(user.email);
  if (id === null || email === null) return null;
  return {
    id,
    email,
    firstName: name(user.first_name),
    lastName: name(user.last_name),
    profilePictureUrl: word(user.profile_picture_url),
    emailVerified: user.email_verified === true,
  };
}

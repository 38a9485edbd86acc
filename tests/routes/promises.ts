/** Invariants of every response and log line, checked after each test. */
import type { Answer } from "./browser.ts";
import { missingHeaders } from "./matchers.ts";
import type { Outbound } from "./outbound.ts";
import { isSessionCookie } from "./seals.ts";
import type { WorkerLog } from "./worker-log.ts";

/**
 * Finds secrets in a text.
 * @param text - Text to search.
 * @param secrets - Secrets by name.
 * @param outbound - Proxy that knows the issued tokens.
 * @returns The names of the secrets found.
 */
function secretsIn(text: string, secrets: Record<string, string>, outbound: Outbound): string[] {
  const found: string[] = [];
  if (/Fe26\.2/.test(text)) found.push("a sealed cookie");
  // Header and payload of a JWT; `eyJ` alone can occur by chance in a state or a challenge.
  if (/eyJ[\w-]{8,}\.eyJ/.test(text)) found.push("a token");
  if (/\bsk_\w/.test(text)) found.push("an API key");
  for (const [name, value] of Object.entries(secrets)) if (text.includes(value)) found.push(name);
  for (const token of outbound.accessTokens) if (text.includes(token)) found.push("an access token");
  for (const token of outbound.refreshTokens) if (text.includes(token)) found.push("a refresh token");
  return found;
}

/**
 * Checks the invariants of one response.
 * @param answer - Response.
 * @param secrets - Secrets by name.
 * @param outbound - Proxy that knows the issued tokens.
 * @returns The violations.
 */
export function brokenPromises(
  answer: Answer,
  secrets: Record<string, string>,
  outbound: Outbound,
): string[] {
  const wrong: string[] = [];
  const { status, headers, setCookies, text } = answer;
  const pathname = answer.path.split("?")[0] ?? "";
  const isAsset = pathname.startsWith("/assets/") || /\.(svg|ico|txt|webmanifest)$/.test(pathname);
  const isAbout = /^\/about(\.data|\/)?$/.test(pathname);
  if (isAsset) return wrong;
  if (!isAbout && !/^[\w-]{1,64}$/.test(headers.get("x-request-id") ?? "")) wrong.push("no X-Request-Id");
  if (status >= 500 && status !== 503 && !(status === 502 && pathname === "/callback"))
    wrong.push(`a ${status}`);
  if (status === 503 && pathname === "/api/auth/token" && !headers.has("retry-after"))
    wrong.push("no Retry-After");
  if (/^text\/html/.test(headers.get("content-type") ?? "")) wrong.push(...missingHeaders(answer));
  if (/\n\s+at .*:\d+/.test(text)) wrong.push("a stack trace");
  if (headers.has("access-control-allow-origin") && !pathname.startsWith("/api/v1/"))
    wrong.push("it answers CORS");
  if (answer.method === "HEAD" && setCookies.length > 0) wrong.push("HEAD sets a cookie");
  if (setCookies.length > 0 && !/no-store/.test(headers.get("cache-control") ?? ""))
    wrong.push("a cookie that may be cached");
  const live = setCookies.filter((cookie) => isSessionCookie(cookie) && !cookie.clears);
  if (live.some((cookie) => !cookie.httpOnly || cookie.path !== "/"))
    wrong.push("a session cookie that is too open");
  const isToken = pathname === "/api/auth/token" && status === 200;
  const body = isToken ? text.replace(/"token"\s*:\s*"[^"]*"/, "") : text;
  for (const [place, value] of [
    ["the body", body],
    ["the address", headers.get("location") ?? ""],
  ] as const) {
    for (const secret of secretsIn(value, secrets, outbound)) wrong.push(`${secret} in ${place}`);
  }
  return wrong.map((what) => `${answer.method} ${answer.path} → ${status}: ${what}`);
}

/**
 * Checks the invariants of the log.
 * @param log - Log of the worker.
 * @param secrets - Secrets by name.
 * @param outbound - Proxy that knows the issued tokens.
 * @returns The violations.
 */
export function brokenLog(log: WorkerLog, secrets: Record<string, string>, outbound: Outbound): string[] {
  const wrong = [...log.faults];
  for (const { message } of log.written) {
    for (const secret of secretsIn(message, secrets, outbound))
      wrong.push(`${secret} in the log: ${message}`);
    if (/[\w.+-]+@[\w-]+\.\w+/.test(message)) wrong.push(`an e-mail in the log: ${message}`);
    if (/\?[\w-]+=/.test(message)) wrong.push(`a query in the log: ${message}`);
  }
  return wrong;
}

/**
 * Finds log lines whose request id is unknown.
 * @param log - Log of the worker.
 * @param requestIds - Ids of all requests.
 * @returns The violations.
 */
export function linesOfNoRequest(log: WorkerLog, requestIds: ReadonlySet<string>): string[] {
  return log.lines
    .filter(({ requestId }) => typeof requestId !== "string" || !requestIds.has(requestId))
    .map((line) => `a log line without a request: ${JSON.stringify(line)}`);
}

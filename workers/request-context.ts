/** Creates the request context from the request and the worker's bindings. */

import { cachingEnds } from "../app/auth/known-ends.server.ts";
import { isReadOnly } from "../app/auth/read-only.ts";
import type { SessionRefresherMethods } from "../app/auth/refresher.server.ts";
import { RequestAuth } from "../app/auth/request-auth.server.ts";
import { PageQuery } from "../app/data/page-query.server.ts";
import { setBounded } from "../app/request/bounded-map.ts";
import type { RequestContext, SeenFrom } from "../app/request/context.ts";
import { readCookies } from "../app/request/cookies.server.ts";
import { type Env, EnvError, readEnv } from "../app/request/env.server.ts";
import { createLog } from "../app/request/log.server.ts";
import { Notices } from "../app/request/notices.server.ts";
import { createReporter } from "../app/request/report.server.ts";
import { failureResponse } from "../app/request/request-log.ts";
import { pageAddress, type RouteEntry } from "../app/request/route-table.ts";
import { readTheme } from "../app/request/theme-cookie.server.ts";
import { knownLocale } from "../app/ui/format.ts";

/** The bindings of `wrangler.toml`. `readEnv` reads the variables. */
export type Bindings = Record<string, unknown> & {
  ASSETS: Fetcher;
  NOTICES: KVNamespace;
  SESSION_REFRESHER: DurableObjectNamespace;
  SIGN_IN_LIMIT: RateLimit;
  SESSION_LIMIT: RateLimit;
  ERROR_LIMIT: RateLimit;
  INGESTION_LIMIT: RateLimit; // agents:line
  REJECTION_LIMIT: RateLimit; // agents:line
  CF_VERSION_METADATA?: { id: string };
};

/** Time to respond with a page, with or without WorkOS and Convex. */
const PAGE_DEADLINE_MS = 2_300;

const known = new WeakMap<object, Env>();

/** Returns the configuration, read once per isolate, or an error response if it is invalid. */
export function configure(bindings: Bindings, request: Request, route: RouteEntry): Env | Response {
  const before = known.get(bindings);
  if (before !== undefined) return before;
  try {
    const env = readEnv(bindings);
    known.set(bindings, env);
    return env;
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    const log = createLog(requestIdOf(request));
    log.error("error", { component: "page", action: "configuration", message: error.message });
    const response = failureResponse(log, "Mosaic is not configured. Its log says what is missing.");
    log.info("request", { method: request.method, route: route.pattern, status: response.status, ms: 0 });
    return response;
  }
}

/** Cache of locales by language tag: asking `Intl` costs as much as opening a sealed session. */
const locales = new Map<string, string>();
const MAX_LOCALES = 200;
/** Maximum length of a cached language tag. RFC 5646, section 4.4.1. */
const MAX_TAG_LENGTH = 35;

/** Returns the first requested language, or `en` if this runtime does not support it. */
function localeOf(request: Request): string {
  const first = request.headers.get("Accept-Language")?.split(/[,;]/, 1)[0]?.trim() ?? "";
  if (first === "" || first === "*") return "en";
  const known = locales.get(first);
  if (known !== undefined) return known;
  const locale = knownLocale(first);
  if (first.length <= MAX_TAG_LENGTH) setBounded(locales, first, locale, MAX_LOCALES);
  return locale;
}

/** Returns address and location from Cloudflare. Only the user agent comes from the client. */
function seenFrom(request: Request): SeenFrom {
  const cf = request.cf as { city?: string; country?: string } | undefined;
  return {
    ipAddress: request.headers.get("CF-Connecting-IP") ?? "",
    userAgent: (request.headers.get("User-Agent") ?? "").slice(0, 512),
    ...(cf?.city ? { city: cf.city } : {}),
    ...(cf?.country ? { country: cf.country } : {}),
  };
}

function createNonce(): string {
  return btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
}

/** Returns the context of one request. Makes no network call. */
export function createContextFor(
  request: Request,
  url: URL,
  env: Env,
  bindings: Bindings,
  execution: ExecutionContext,
  route: RouteEntry,
): RequestContext {
  const now = Date.now();
  const log = createLog(requestIdOf(request));
  const report = createReporter(env, log, (promise) => execution.waitUntil(promise));
  const cookies = readCookies(request);
  const readOnly = isReadOnly(request);
  const deadline = AbortSignal.timeout(PAGE_DEADLINE_MS);
  const refreshers = cachingEnds(
    (sessionId) => bindings.SESSION_REFRESHER.getByName(sessionId) as unknown as SessionRefresherMethods,
  );
  // Read on demand: most requests do not need it, and reading the location costs parsing.
  let seen: SeenFrom | undefined;
  const readSeen = () => {
    seen ??= seenFrom(request);
    return seen;
  };
  const auth = new RequestAuth({
    env,
    cookies,
    cookieHeader: request.headers.get("Cookie") ?? "",
    refreshers,
    log,
    report,
    now,
    readOnly,
    deadline,
    seen: readSeen,
    waitUntil: (promise) => execution.waitUntil(promise),
  });
  const notices = new Notices({
    kv: bindings.NOTICES,
    settings: env,
    request,
    cookies,
    log,
    mayRead: request.method === "GET" && !readOnly,
  });
  return {
    env,
    log,
    report,
    url,
    route,
    cookies,
    auth,
    refreshers,
    page: new PageQuery({
      env,
      auth,
      report,
      action: route.pattern,
      deadline,
      readOnly,
      seen: readSeen,
      theme: readTheme(env, cookies),
    }),
    notices,
    now,
    nonce: createNonce(),
    locale: localeOf(request),
    get seen() {
      return readSeen();
    },
    address: pageAddress(url),
    deadline,
    readOnly,
    version: bindings.CF_VERSION_METADATA?.id || "local",
    assets: bindings.ASSETS,
    limits: {
      signIns: bindings.SIGN_IN_LIMIT,
      sessionAsks: bindings.SESSION_LIMIT,
      errors: bindings.ERROR_LIMIT,
      ingestion: bindings.INGESTION_LIMIT, // agents:line
      rejections: bindings.REJECTION_LIMIT, // agents:line
    },
    setCookies: [],
    cookieSources: [auth, notices],
    waitUntil: (promise) => execution.waitUntil(promise),
  };
}

const ACCEPTED_REQUEST_ID = /^[\w-]{1,64}$/;

/** Returns the caller's `X-Request-Id` if it has 1 to 64 letters, digits, `-` or `_`; otherwise a new id. */
function requestIdOf(request: Request): string {
  const given = request.headers.get("X-Request-Id");
  return given !== null && ACCEPTED_REQUEST_ID.test(given) ? given : crypto.randomUUID();
}

/** Makes what a request carries, out of the request and the worker's bindings. */

import { readCookies } from "../auth/cookies.server.ts";
import { rememberingEnds } from "../auth/known-ends.server.ts";
import type { SeenFrom, SessionRefresherMethods } from "../auth/refresher.server.ts";
import { RequestAuth } from "../auth/request-auth.server.ts";
import { remember } from "../bounded.ts";
import type { RequestContext } from "../context.ts";
import { type Env, EnvError, readEnv } from "../env.server.ts";
import { createLog } from "../log.server.ts";
import { Notices } from "../notices.server.ts";
import { PageQuery } from "../page-query.server.ts";
import { createReporter } from "../report.server.ts";
import { readTheme } from "../theme/theme-cookie.server.ts";
import { knownLocale } from "../ui/format.ts";
import { isReadOnly } from "./read-only.ts";
import { requestIdOf } from "./request-id.ts";
import { pageAddress, type RouteEntry } from "./route-table.ts";

/** What `wrangler.toml` binds; the variables are read by `readEnv`. */
export type Bindings = Record<string, unknown> & {
  ASSETS: Fetcher;
  NOTICES: KVNamespace;
  SESSION_REFRESHER: DurableObjectNamespace;
  SIGN_IN_LIMIT: RateLimit;
  SESSION_LIMIT: RateLimit;
  ERROR_LIMIT: RateLimit;
  CF_VERSION_METADATA?: { id: string };
};

/** A page is answered within this time, with or without WorkOS and Convex. */
const PAGE_DEADLINE_MS = 2_300;

const known = new WeakMap<object, Env>();

/** @returns The configuration, read once for an isolate, or the answer to every request where it is not usable. */
export function configure(bindings: Bindings, request: Request): Env | Response {
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
    return new Response("Mosaic is not configured. Its log says what is missing.", {
      status: 500,
      headers: {
        "Content-Type": "text/plain; charset=utf-8",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Request-Id": log.requestId,
      },
    });
  }
}

/** Asking `Intl` costs as much as opening a seal, and few languages are asked for. */
const locales = new Map<string, string>();
const MOST_LOCALES = 200;
/** What RFC 5646, section 4.4.1, asks everybody to have room for. */
const LONGEST_TAG = 35;

/** Returns the first language asked for, or `en` if this runtime lacks its data. */
function localeOf(request: Request): string {
  const first = request.headers.get("Accept-Language")?.split(/[,;]/, 1)[0]?.trim() ?? "";
  if (first === "" || first === "*") return "en";
  const known = locales.get(first);
  if (known !== undefined) return known;
  const locale = knownLocale(first);
  if (first.length <= LONGEST_TAG) remember(locales, MOST_LOCALES, first, locale);
  return locale;
}

/** The address and place as Cloudflare saw them; nothing that a client says of itself but its user agent. */
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

/** @returns What one request carries. Nothing is opened or asked for yet. */
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
  const refreshers = rememberingEnds(
    (sessionId) => bindings.SESSION_REFRESHER.getByName(sessionId) as unknown as SessionRefresherMethods,
  );
  // Read on demand: most requests pass without it, and the place costs the runtime some parsing.
  let seen: SeenFrom | undefined;
  const readSeen = () => {
    seen ??= seenFrom(request);
    return seen;
  };
  const auth = new RequestAuth({
    env,
    cookies,
    refreshers,
    log,
    report,
    now,
    readOnly,
    deadline,
    seen: readSeen,
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
      log,
      report,
      action: route.pattern,
      deadline,
      readOnly,
      seen: readSeen,
      theme: readTheme(env, cookies),
    }),
    notices: new Notices({
      kv: bindings.NOTICES,
      settings: env,
      request,
      cookies,
      log,
      mayRead: request.method === "GET" && !readOnly,
    }),
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
    },
    setCookies: [],
    waitUntil: (promise) => execution.waitUntil(promise),
  };
}

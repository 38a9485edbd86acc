/**
 * The request context, which React Router passes to loaders and actions. `auth/` and `data/` add their own
 * fields to it (`declare module`), so that this folder imports neither.
 */
import { createContext } from "react-router";
import type { RequestCookies } from "./cookies.server.ts";
import type { Env } from "./env.server.ts";
import type { Log } from "./log.server.ts";
import type { Notices } from "./notices.server.ts";
import type { Reporter } from "./report.server.ts";
import type { RouteEntry } from "./route-table.ts";

/** Device and location of a request, as stored in the `sessions` table. */
export type SeenFrom = { ipAddress: string; userAgent: string; city?: string; country?: string };

/** Everything that a loader or action may need in addition to its URL. Times are Unix milliseconds. */
export interface RequestContext {
  env: Env;
  log: Log;
  /** Reports an error that affected the user. */
  report: Reporter;
  /** The request's URL, parsed once. */
  url: URL;
  /** The matched route, its methods and its policy. */
  route: RouteEntry;
  cookies: RequestCookies;
  notices: Notices;
  /** Time of the request. Server and browser render relative times from it. */
  now: number;
  /** For the inline scripts of this response. */
  nonce: string;
  /** Language of numbers and dates: the first that the browser requests, or `en` if it is not supported. */
  locale: string;
  /** The page's path and query, also for a request of its data. */
  address: string;
  /** Device and location of the request. */
  seen: SeenFrom;
  /** Aborts when the page must be sent, with or without WorkOS and Convex. */
  deadline: AbortSignal;
  /** True for HEAD and speculative requests, which must not have side effects. */
  readOnly: boolean;
  /** Id of the deployed version. */
  version: string;
  /**
   * Rate limits per minute: sign-ins and errors by network, token requests by session.
   * Also rejected API keys by network, and metrics by API key. // agents:line
   */
  limits: {
    signIns: RateLimit;
    sessionAsks: RateLimit;
    errors: RateLimit;
    ingestion: RateLimit; // agents:line
    rejections: RateLimit; // agents:line
  };
  /** The prerendered files. */
  assets: Fetcher;
  /** `Set-Cookie` lines for this response, in addition to those of `cookieSources`. */
  setCookies: string[];
  /** What else sets cookies on this response. */
  cookieSources: readonly { readonly setCookies: readonly string[] }[];
  waitUntil(promise: Promise<unknown>): void;
}

export const requestContext = createContext<RequestContext>();

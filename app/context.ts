/** What one request carries through React Router. */
import { createContext } from "react-router";
import type { RequestCookies } from "./auth/cookies.server.ts";
import type { Refreshers, SeenFrom } from "./auth/refresher.server.ts";
import type { RequestAuth } from "./auth/request-auth.server.ts";
import type { Env } from "./env.server.ts";
import type { Log } from "./log.server.ts";
import type { RouteEntry } from "./middleware/route-table.ts";
import type { Notices } from "./notices.server.ts";
import type { PageQuery } from "./page-query.server.ts";
import type { Reporter } from "./report.server.ts";

/** Everything a loader or action may need that is not in its URL. Times are Unix milliseconds. */
export type RequestContext = {
  env: Env;
  log: Log;
  /** Says that something went wrong for the person who asked. */
  report: Reporter;
  /** The request's own, parsed once. */
  url: URL;
  /** The route that the address fits, and what may be done with it. */
  route: RouteEntry;
  cookies: RequestCookies;
  auth: RequestAuth;
  refreshers: Refreshers;
  page: PageQuery;
  notices: Notices;
  /** The server's time for this request: what is rendered counts from it, here and in the browser. */
  now: number;
  /** For the inline scripts of this response. */
  nonce: string;
  /** Language of numbers and dates: the first that the browser asks for, or `en` if the server lacks its data. */
  locale: string;
  /** The page's own path and query, also where its data is asked for. */
  address: string;
  /** Device and place that the request comes from. */
  seen: SeenFrom;
  /** Ends when a page must be answered, with or without WorkOS and Convex. */
  deadline: AbortSignal;
  /** A HEAD or a speculative request: it may change nothing. */
  readOnly: boolean;
  /** The deployed version's id. */
  version: string;
  /** Counters, by the minute: of sign-ins by address, and of what one session asks for. */
  limits: { signIns: RateLimit; sessionAsks: RateLimit; errors: RateLimit };
  /** The prerendered files. */
  assets: Fetcher;
  /** Further `Set-Cookie` lines for this response, beside the session's and the notice's. */
  setCookies: string[];
  waitUntil(promise: Promise<unknown>): void;
};

export const requestContext = createContext<RequestContext>();

/** A sign-in that WorkOS did not answer: where it would have gone. */
export const signInContext = createContext<{ returnTo: string | null } | null>(null);

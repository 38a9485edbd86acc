/** Policy of a route: what the middleware must know about it. A route declares it in `handle`. */

/** A rate limit of a route, counted per minute. */
export type RateLimitPolicy = {
  /** Routes with the same limit are counted together. */
  limit: "signIns" | "sessionAsks" | "errors";
  /** What is counted: the client's network, or its session if it has one. */
  by: "network" | "session";
  /** Whether to skip requests with the flow cookie of a sign-in, which was counted when it started. */
  exceptStarted?: true;
};

export type Policy = {
  /** Who may see the route. Convex decides who is an admin. */
  access: "everyone" | "user" | "admin";
  /** Whether a GET has side effects. HEAD and speculative requests then do not run the route. */
  actsOnGet: boolean;
  /** Whether the page is prerendered at build time, without user, nonce and client router. */
  sameForEveryone: boolean;
  rateLimit: RateLimitPolicy | null;
  /** Whether other sites may call the route (CORS). Such a route reads no cookies. */
  crossOrigin: boolean;
  /** Format of the responses to requests that are rejected before the route runs. */
  rejections:
    | "text"
    | "otlp" // agents:line
    | "json";
  /** Maximum size of a request body in bytes; `"route"` if the route checks it, after the API key. */
  maxBodyBytes: number | "route";
};

/**
 * The `handle` of a route: where its policy differs from `DEFAULT_POLICY`. Browsers load it with the page, so
 * it is plain data and omits the defaults.
 */
export type RoutePolicy = Partial<Policy>;

/** Policy of a public page. The largest form has a few names and an email address. */
export const DEFAULT_POLICY: Policy = {
  access: "everyone",
  actsOnGet: false,
  sameForEveryone: false,
  rateLimit: null,
  crossOrigin: false,
  rejections: "text",
  maxBodyBytes: 64 * 1024,
};

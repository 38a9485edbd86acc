/**
 * Proxy for all outbound requests of the worker: it forwards them to the emulators, and counts, rewrites,
 * holds or fails them as the test says. A request to any other host fails the test.
 */
import http from "node:http";

export type Upstream = "workos" | "convex";

/** Failure of an upstream. */
export type Fault =
  /** Closes the connection without a response. */
  | { kind: "refused" }
  | { kind: "status"; status: number; body?: string; headers?: Record<string, string> }
  /** Accepts the request and never answers. */
  | { kind: "hang" }
  /** Answers properly, `ms` milliseconds late. */
  | { kind: "slow"; ms: number }
  /** Lets the upstream handle the request, then closes the connection without a response after `ms`. */
  | { kind: "lost"; ms: number }
  /** Answers 200 with invalid JSON. */
  | { kind: "garbage" }
  /** Answers 200 and closes the connection after a part of the body. */
  | { kind: "cut" };

export type OutboundRequest = {
  upstream: Upstream;
  method: string;
  /** Path without the query. */
  path: string;
  /** `grant_type` of a WorkOS token request, or path of a Convex function; null for other requests. */
  what: string | null;
  body: string;
};

type Match = (request: OutboundRequest) => boolean;
type Rule = { upstream: Upstream; match: Match; fault: Fault; left: number };
type Hold = { upstream: Upstream; match: Match; arrived: () => void; released: Promise<void> };
type Rewrite = { upstream: Upstream; match: Match; change: (body: Record<string, unknown>) => unknown };

const everything: Match = () => true;

/** Matches the exchange of a code or of a refresh token at WorkOS. */
export const authenticate =
  (grant?: "authorization_code" | "refresh_token"): Match =>
  (request) =>
    request.path === "/user_management/authenticate" && (grant === undefined || request.what === grant);

/** Matches calls of a Convex function, such as `pages:dashboard`, or of a module, such as `pages:`. */
export const calls =
  (name: string): Match =>
  (request) =>
    name.endsWith(":") ? (request.what ?? "").startsWith(name) : request.what === name;

export class Outbound {
  /** Requests in order of arrival, including failed ones. */
  readonly requests: OutboundRequest[] = [];
  /** Requests to unknown hosts. */
  readonly unexpected: string[] = [];
  /** Tokens that WorkOS has issued, to detect leaks. */
  readonly accessTokens = new Set<string>();
  readonly refreshTokens = new Set<string>();
  #rules: Rule[] = [];
  #holds: Hold[] = [];
  #rewrites: Rewrite[] = [];
  readonly #hosts = new Map<string, Upstream>();
  readonly #hanging = new Set<http.ServerResponse>();

  /**
   * Registers an emulator.
   * @param upstream - Upstream that it emulates.
   * @param url - Base URL of the emulator.
   */
  stand(upstream: Upstream, url: string): void {
    this.#hosts.set(new URL(url).host, upstream);
  }

  /**
   * Fails matching requests from now on. The newest rule wins.
   * @param upstream - Upstream that fails.
   * @param fault - Failure.
   * @param match - Requests that fail; all by default.
   * @param times - Number of requests that fail; unlimited by default.
   */
  fail(upstream: Upstream, fault: Fault, match: Match = everything, times = Number.POSITIVE_INFINITY): void {
    this.#rules.unshift({ upstream, match, fault, left: times });
  }

  /**
   * Rewrites the JSON of matching responses.
   * @param upstream - Upstream that responds.
   * @param match - Requests whose responses change.
   * @param change - Returns the new body, or a promise of it, for which the response waits.
   */
  rewrite(upstream: Upstream, match: Match, change: Rewrite["change"]): void {
    this.#rewrites.push({ upstream, match, change });
  }

  /**
   * Holds matching requests until they are released.
   * @param upstream - Upstream of the requests.
   * @param match - Requests to hold.
   * @returns `arrived`, which resolves when the first request arrives, and `release`.
   */
  hold(upstream: Upstream, match: Match): { arrived: Promise<void>; release: () => void } {
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const hold: Hold = { upstream, match, arrived: arrived.resolve, released: released.promise };
    this.#holds.push(hold);
    const release = () => {
      this.#holds = this.#holds.filter((other) => other !== hold);
      released.resolve();
    };
    return { arrived: arrived.promise, release };
  }

  /** Removes all faults and rewrites, and closes hanging connections. */
  heal(): void {
    this.#rules = [];
    this.#rewrites = [];
    for (const response of this.#hanging) response.destroy();
    this.#hanging.clear();
  }

  /** Forgets the requests seen so far. */
  forget(): void {
    this.requests.length = 0;
  }

  /**
   * Counts matching requests, including failed ones.
   * @param upstream - Upstream of the requests.
   * @param match - Requests that count; all by default.
   * @returns The number of requests.
   */
  count(upstream: Upstream, match: Match = everything): number {
    return this.requests.filter((request) => request.upstream === upstream && match(request)).length;
  }

  /**
   * Waits for matching requests.
   * @param upstream - Upstream of the requests.
   * @param match - Requests that count.
   * @param wanted - Number of requests to wait for.
   * @param ms - Timeout in milliseconds.
   * @throws {Error} when the timeout expires first.
   */
  async seen(upstream: Upstream, match: Match, wanted: number, ms: number): Promise<void> {
    const deadline = Date.now() + ms;
    while (this.count(upstream, match) < wanted) {
      if (Date.now() > deadline)
        throw new Error(`Only ${this.count(upstream, match)} of ${wanted} requests came`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }

  /** Miniflare's outbound service. */
  readonly handle = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const host = request.headers.host ?? "";
    const upstream = this.#hosts.get(host);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (upstream === undefined) {
      this.unexpected.push(`${request.method} ${host}${path}`);
      response.writeHead(502).end();
      return;
    }
    const text = body.toString();
    const what = whatItAsks(upstream, text);
    const seen = { upstream, method: request.method ?? "", path, what, body: text };
    this.requests.push(seen);
    for (const hold of this.#holds) {
      if (hold.upstream !== upstream || !hold.match(seen)) continue;
      hold.arrived();
      await hold.released;
    }
    const rule = this.#rules.find((one) => one.upstream === upstream && one.left > 0 && one.match(seen));
    if (rule !== undefined) {
      rule.left -= 1;
      if (rule.fault.kind === "lost") await this.#ask(seen, request, body);
      if (await this.#misbehave(rule.fault, response)) return;
    }
    await this.#forward(seen, request, body, response);
  };

  /** Applies a fault and returns whether the request is answered. */
  async #misbehave(fault: Fault, response: http.ServerResponse): Promise<boolean> {
    switch (fault.kind) {
      case "refused":
        response.destroy();
        return true;
      case "status":
        response.writeHead(fault.status, { "content-type": "application/json", ...fault.headers });
        response.end(fault.body ?? JSON.stringify({ message: "injected failure" }));
        return true;
      case "hang":
        this.#hanging.add(response);
        return true;
      case "slow":
        await new Promise((resolve) => setTimeout(resolve, fault.ms));
        return false;
      case "lost":
        await new Promise((resolve) => setTimeout(resolve, fault.ms));
        response.destroy();
        return true;
      case "garbage":
        response.writeHead(200, { "content-type": "application/json" }).end('<html>not { json "');
        return true;
      case "cut":
        response.writeHead(200, { "content-type": "application/json", "content-length": "4096" });
        response.write('{"status":"success","value":');
        setTimeout(() => response.destroy(), 20);
        return true;
    }
  }

  /** Sends a request to its upstream and returns the response, or null if there is none. */
  async #ask(
    seen: OutboundRequest,
    request: http.IncomingMessage,
    body: Buffer,
  ): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer } | null> {
    const host = request.headers.host ?? "";
    const { hostname, port } = new URL(`http://${host}`);
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => isOfTheRequest(name)),
    );
    const onward = http.request({ hostname, port, method: seen.method, path: request.url, headers });
    const answer = await new Promise<http.IncomingMessage>((resolve, reject) => {
      onward.on("response", resolve).on("error", reject).end(body);
    }).catch(() => null);
    if (answer === null) return null;
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    return { status: answer.statusCode ?? 502, headers: answer.headers, body: Buffer.concat(chunks) };
  }

  async #forward(
    seen: OutboundRequest,
    request: http.IncomingMessage,
    body: Buffer,
    response: http.ServerResponse,
  ): Promise<void> {
    const answer = await this.#ask(seen, request, body);
    if (answer === null) {
      response.destroy();
      return;
    }
    const {
      "transfer-encoding": _encoding,
      "content-length": _length,
      connection: _connection,
      ...kept
    } = answer.headers;
    const changed = await this.#changed(seen, answer.body);
    response.writeHead(answer.status, kept).end(changed);
  }

  async #changed(seen: OutboundRequest, body: Buffer): Promise<Buffer> {
    const rewrites = this.#rewrites.filter((one) => one.upstream === seen.upstream && one.match(seen));
    if (rewrites.length === 0 && !authenticate()(seen)) return body;
    const json = asObject(body.toString());
    if (json === null) return body;
    let changed: unknown = json;
    for (const { change } of rewrites) changed = await change(changed as Record<string, unknown>);
    if (authenticate()(seen)) this.#remember(changed);
    return Buffer.from(JSON.stringify(changed));
  }

  #remember(answer: unknown): void {
    const { access_token, refresh_token } = answer as { access_token?: unknown; refresh_token?: unknown };
    if (typeof access_token === "string") this.accessTokens.add(access_token);
    if (typeof refresh_token === "string") this.refreshTokens.add(refresh_token);
  }
}

/** Returns whether to forward a header. Headers of Miniflare and of a single connection are dropped. */
function isOfTheRequest(name: string): boolean {
  return !/^(mf-.*|cf-.*|connection|transfer-encoding|content-length|accept-encoding)$/.test(name);
}

function asObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function whatItAsks(upstream: Upstream, body: string): string | null {
  const fields = asObject(body) ?? Object.fromEntries(new URLSearchParams(body));
  const value = upstream === "workos" ? fields.grant_type : fields.path;
  return typeof value === "string" ? value : null;
}

/**
 * HTTP client that behaves like a browser: it keeps cookies and sends Origin and Sec-Fetch headers. It does
 * not follow redirects, and sends a path unchanged (`fetch` would normalize it).
 */
import http from "node:http";
import { CookieJar, parseSetCookie, type SetCookie } from "./cookie-jar.ts";

/** Complete response. */
export type Answer = {
  method: string;
  path: string;
  status: number;
  headers: Headers;
  setCookies: SetCookie[];
  text: string;
  /** Time from the request to the last byte, in milliseconds. */
  ms: number;
  /** Request headers. */
  sent: Record<string, string>;
};

export type SendOptions = {
  /** Extra headers; null removes a default header. */
  headers?: Record<string, string | null>;
  body?: string | Buffer;
  form?: Record<string, string>;
  json?: unknown;
  /** Time between the headers and the body, in ms. */
  uploadMs?: number;
};

/** Address that the worker listens on, its APP_URL, and a callback for each response. */
export type Site = { url: URL; appUrl: string; heard: (answer: Answer) => void };

const ONE_REQUEST_MS = 20_000;

export class Browser {
  readonly jar: CookieJar;
  readonly site: Site;
  /** IP address; unique for each browser, because rate limits count by address. */
  readonly address: string;

  constructor(site: Site, address: string, jar = new CookieJar()) {
    this.site = site;
    this.jar = jar;
    this.address = address;
  }

  /** Returns another tab, which shares the cookies. */
  tab(): Browser {
    return new Browser(this.site, this.address, this.jar);
  }

  /** Returns a browser with a copy of the current cookies, like an attacker who stole them. */
  thief(): Browser {
    return new Browser(this.site, this.address, this.jar.copy());
  }

  /**
   * Connects this browser to another isolate or another run of the worker.
   * @param site - Address of the worker.
   * @returns A browser with the same cookies.
   */
  at(site: Site): Browser {
    return new Browser(site, this.address, this.jar);
  }

  get(path: string, options: SendOptions = {}): Promise<Answer> {
    return this.send("GET", path, options);
  }

  post(path: string, options: SendOptions = {}): Promise<Answer> {
    return this.send("POST", path, options);
  }

  /**
   * Submits a form, as a browser without JavaScript does.
   * @param path - Action of the form.
   * @param form - Fields of the form.
   * @returns The response.
   */
  submit(path: string, form: Record<string, string>): Promise<Answer> {
    return this.send("POST", path, { form });
  }

  /**
   * Requests a page's data, as React Router's client does.
   * @param path - Path of the page, with its query.
   * @param options - Extra headers.
   * @returns The response.
   */
  data(path: string, options: SendOptions = {}): Promise<Answer> {
    const [pathname = "", query] = path.split("?");
    const page = pathname.endsWith("/") ? `${pathname}_.data` : `${pathname}.data`;
    return this.send("GET", query === undefined ? page : `${page}?${query}`, {
      ...options,
      headers: { accept: "*/*", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty", ...options.headers },
    });
  }

  /**
   * Requests an access token, as the page's Convex client does.
   * @param options - Body of the request.
   * @returns The response.
   */
  token(options: { forceRefresh?: boolean } = {}): Promise<Answer> {
    return this.post("/api/auth/token", { json: options });
  }

  /**
   * Requests a page and closes the connection before the response arrives.
   * @param path - Path of the page.
   * @param bored - Promise after which the connection is closed.
   * @param options - Extra headers.
   */
  async abandon(path: string, bored: Promise<void>, options: SendOptions = {}): Promise<void> {
    const { hostname: host, port } = this.site.url;
    const request = http.request({
      host,
      port,
      path,
      headers: this.#headers("GET", path, options, null),
      agent: false,
    });
    request.on("error", () => undefined).end();
    await bored;
    request.destroy();
  }

  async send(method: string, path: string, options: SendOptions = {}): Promise<Answer> {
    const { body, type } = bodyOf(options);
    const headers = this.#headers(method, path, options, type);
    if (body !== null) headers["content-length"] = String(Buffer.byteLength(body));
    const answer = await exchange(this.site.url, method, path, headers, body, options.uploadMs);
    this.jar.take(answer.setCookies);
    this.site.heard(answer);
    return answer;
  }

  #headers(method: string, path: string, options: SendOptions, type: string | null): Record<string, string> {
    const headers: Record<string, string> = {};
    const cookie = this.jar.header(path);
    const own: Record<string, string | null> = {
      host: new URL(this.site.appUrl).host,
      accept: "text/html,application/xhtml+xml,*/*;q=0.8",
      "accept-language": "en",
      "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Routes/1.0",
      "cf-connecting-ip": this.address,
      "sec-fetch-site": "same-origin",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
      origin: method === "GET" || method === "HEAD" ? null : this.site.appUrl,
      "content-type": type,
      cookie,
      ...options.headers,
    };
    for (const [name, value] of Object.entries(own)) if (value !== null) headers[name] = value;
    return headers;
  }
}

function bodyOf(options: SendOptions): { body: string | Buffer | null; type: string | null } {
  if (options.form !== undefined) {
    return { body: new URLSearchParams(options.form).toString(), type: "application/x-www-form-urlencoded" };
  }
  if (options.json !== undefined) return { body: JSON.stringify(options.json), type: "application/json" };
  return { body: options.body ?? null, type: null };
}

/**
 * Sends a request without normalizing it.
 * @param url - Address to connect to; its path is ignored.
 * @param method - HTTP method.
 * @param path - Path and query, sent unchanged.
 * @param headers - Request headers.
 * @param body - Request body, or null.
 * @param uploadMs - Time between the headers and the body, in ms.
 * @returns The complete response.
 * @throws {Error} when the connection fails or times out.
 */
function exchange(
  url: URL,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string | Buffer | null,
  uploadMs?: number,
): Promise<Answer> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.request(
      { host: url.hostname, port: url.port, method, path, headers, agent: false, maxHeaderSize: 512 * 1024 },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const received = new Headers();
          for (let i = 0; i < response.rawHeaders.length; i += 2) {
            received.append(response.rawHeaders[i] ?? "", response.rawHeaders[i + 1] ?? "");
          }
          resolve({
            method,
            path,
            status: response.statusCode ?? 0,
            headers: received,
            setCookies: (response.headers["set-cookie"] ?? []).map(parseSetCookie),
            text: Buffer.concat(chunks).toString(),
            ms: performance.now() - started,
            sent: headers,
          });
        });
      },
    );
    request.setTimeout(ONE_REQUEST_MS, () => request.destroy(new Error(`${method} ${path} got no answer`)));
    request.on("error", reject);
    if (uploadMs === undefined) {
      request.end(body ?? undefined);
      return;
    }
    request.flushHeaders();
    setTimeout(() => request.end(body ?? undefined), uploadMs);
  });
}

/**
 * Parses the JSON body of a response.
 * @param answer - Response.
 * @returns The parsed body.
 * @throws {SyntaxError} when the body is not JSON.
 */
export function jsonOf<T>(answer: Answer): T {
  return JSON.parse(answer.text) as T;
}

/**
 * Resolves the redirect target of a response.
 * @param answer - Response.
 * @param appUrl - Base URL of relative targets.
 * @returns The absolute URL, or null if the response does not redirect.
 */
export function locationOf(answer: Answer, appUrl: string): URL | null {
  const location = answer.headers.get("location");
  return location === null ? null : new URL(location, appUrl);
}

type SessionAnswer = { user: { id: string } | null; sessionId: string; organizationId: string | null };

/** Returns the signed-in user; `user` is null for a guest. */
export const whoIs = async (browser: Browser) =>
  jsonOf<SessionAnswer>(await browser.get("/api/auth/session"));

/** Returns the access token for Convex. */
export const tokenOf = async (browser: Browser) => jsonOf<{ token: string }>(await browser.token()).token;

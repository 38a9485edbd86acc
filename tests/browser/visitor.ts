/** User with a separate browser context; records its errors and requests to unknown hosts. */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import type { Stack } from "./stack.ts";

export type VisitorOptions = Pick<
  BrowserContextOptions,
  "javaScriptEnabled" | "colorScheme" | "viewport" | "reducedMotion" | "locale" | "timezoneId"
> & {
  /** A script that runs before each page's own scripts, to remove browser features. */
  without?: string;
};

/** Error of a tab that requests a token while it is being signed out. */
export const TOKEN_REFUSED = /401 \(Unauthorized\)/;

declare global {
  interface Window {
    /** Layout shift of this document so far, as Chromium scores it. */
    layoutShift: number;
  }
}

export class Visitor {
  readonly #context: BrowserContext;
  readonly #stack: Stack;
  readonly #complaints: string[] = [];
  readonly #allowed: RegExp[] = [];

  private constructor(context: BrowserContext, stack: Stack) {
    this.#context = context;
    this.#stack = stack;
  }

  static async arrive(
    browser: Browser,
    stack: Stack,
    { without, ...options }: VisitorOptions = {},
  ): Promise<Visitor> {
    const context = await browser.newContext({ baseURL: stack.appUrl, ...options });
    const visitor = new Visitor(context, stack);
    await context.addInitScript(() => {
      window.layoutShift = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & {
          value: number;
          hadRecentInput: boolean;
        })[]) {
          if (!entry.hadRecentInput) window.layoutShift += entry.value;
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    if (without !== undefined) await context.addInitScript({ content: without });
    context.on("request", (request) => visitor.#watch(request.url()));
    context.on("weberror", (error) => visitor.#complaints.push(`error: ${error.error().message}`));
    context.on("console", (message) => {
      // Blocked inline styles and scripts are reported here too.
      if (message.type() === "error") visitor.#complaints.push(`console: ${message.text()}`);
    });
    return visitor;
  }

  /** Opens `path` in a new tab. */
  async open(path: string): Promise<Page> {
    const page = await this.#context.newPage();
    page.on("websocket", (socket) => this.#watch(socket.url()));
    await page.goto(path);
    return page;
  }

  /** Signs in with plain requests to the app and the WorkOS emulator, without a page. */
  async signIn(email: string): Promise<void> {
    const { request } = this.#context;
    const login = await request.get("/api/auth/login", { maxRedirects: 0 });
    const picked = await request.post(login.headers().location ?? "", { form: { email }, maxRedirects: 0 });
    const back = await request.get(picked.headers().location ?? "", { maxRedirects: 0 });
    if (back.status() !== 302) throw new Error(`The callback answered ${back.status()}`);
  }

  /** Returns the body of a plain HTTP request with this context's cookies. */
  async html(path: string, headers: Record<string, string> = {}): Promise<string> {
    return (await this.#context.request.get(path, { headers })).text();
  }

  setOffline(offline: boolean): Promise<void> {
    return this.#context.setOffline(offline);
  }

  /** Allows an error that this test expects. */
  allow(complaint: RegExp): void {
    this.#allowed.push(complaint);
  }

  /** Closes the context, and returns the errors that were not allowed. */
  async leave(): Promise<string[]> {
    await this.#context.close();
    return this.#complaints.filter((complaint) => !this.#allowed.some((allowed) => allowed.test(complaint)));
  }

  #watch(url: string): void {
    const { appUrl, workosUrl, convexUrl } = this.#stack;
    const { protocol, host } = new URL(url);
    const known = [appUrl, workosUrl, convexUrl].map((address) => new URL(address).host);
    if (!["data:", "blob:"].includes(protocol) && !known.includes(host)) {
      this.#complaints.push(`request to ${host}`);
    }
  }
}

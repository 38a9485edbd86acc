/** User with a separate browser context; records its errors and requests to unknown hosts. */
import { ConvexHttpClient } from "convex/browser";
import type {
  BrowserContext,
  BrowserContextOptions,
  ConsoleMessage,
  Page,
  Request,
  WebError,
} from "playwright-core";
import type { Contexts } from "./contexts.ts";
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
  readonly #contexts: Contexts;
  readonly #context: BrowserContext;
  readonly #stack: Stack;
  readonly #complaints: string[] = [];
  readonly #allowed: RegExp[] = [];

  private constructor(contexts: Contexts, context: BrowserContext, stack: Stack) {
    this.#contexts = contexts;
    this.#context = context;
    this.#stack = stack;
    context.on("request", this.#onRequest);
    context.on("weberror", this.#onError);
    context.on("console", this.#onConsole);
  }

  static async arrive(contexts: Contexts, stack: Stack, options: VisitorOptions = {}): Promise<Visitor> {
    return new Visitor(contexts, await contexts.take(options), stack);
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

  /** Returns a Convex client with the token of this context's session. */
  async convex(): Promise<ConvexHttpClient> {
    const answer = await this.#context.request.post("/api/auth/token");
    const { token } = (await answer.json()) as { token: string };
    return new ConvexHttpClient(this.#stack.convexUrl, { auth: token });
  }

  /** Closes all tabs, and returns the errors that were not allowed. */
  async leave(): Promise<string[]> {
    await this.#contexts.release(this.#context);
    this.#context.off("request", this.#onRequest);
    this.#context.off("weberror", this.#onError);
    this.#context.off("console", this.#onConsole);
    return this.#complaints.filter((complaint) => !this.#allowed.some((allowed) => allowed.test(complaint)));
  }

  readonly #onRequest = (request: Request) => this.#watch(request.url());

  readonly #onError = (error: WebError) => void this.#complaints.push(`error: ${error.error().message}`);

  readonly #onConsole = (message: ConsoleMessage) => {
    // Blocked inline styles and scripts are reported here too.
    if (message.type() !== "error") return;
    this.#complaints.push(`console: ${message.text()} ${message.location().url}`.trimEnd());
  };

  #watch(url: string): void {
    const { appUrl, workosUrl, convexUrl } = this.#stack;
    const { protocol, host } = new URL(url);
    const known = [appUrl, workosUrl, convexUrl].map((address) => new URL(address).host);
    if (!["data:", "blob:"].includes(protocol) && !known.includes(host)) {
      this.#complaints.push(`request to ${host}`);
    }
  }
}

/**
 * Browser contexts of a test file. A context without own scripts is used again, because its HTTP cache has the
 * app's scripts with their compiled code.
 */
import type { Browser, BrowserContext, Page } from "playwright-core";
import type { VisitorOptions } from "./visitor.ts";

/** An empty tab stays open, so that the context keeps its process: starting one costs a fifth of a page load. */
type Shared = { key: string; context: BrowserContext; empty: Page };

export class Contexts {
  readonly #browser: Browser;
  readonly #baseURL: string;
  readonly #taken: Shared[] = [];
  readonly #free: Shared[] = [];

  /**
   * @param browser - The browser, whose connection ends the contexts.
   * @param baseURL - The address of the app.
   */
  constructor(browser: Browser, baseURL: string) {
    this.#browser = browser;
    this.#baseURL = baseURL;
  }

  /** Returns a context without tabs, cookies and stored data. */
  async take({ without, ...options }: VisitorOptions): Promise<BrowserContext> {
    if (without !== undefined) {
      const context = await this.#open(options);
      await context.addInitScript({ content: without });
      return context;
    }
    const key = JSON.stringify(options);
    const index = this.#free.findIndex((one) => one.key === key);
    const [known] = index < 0 ? [] : this.#free.splice(index, 1);
    // Here and not at release, because a late response to a closed tab can set a cookie.
    await known?.context.setStorageState({ cookies: [], origins: [] });
    const shared = known ?? { key, ...(await this.#openShared(options)) };
    this.#taken.push(shared);
    return shared.context;
  }

  /** Closes the tabs of a context, which can then be taken again. */
  async release(context: BrowserContext): Promise<void> {
    const index = this.#taken.findIndex((one) => one.context === context);
    const [shared] = index < 0 ? [] : this.#taken.splice(index, 1);
    if (shared === undefined) return await context.close();
    const pages = context.pages().filter((page) => page !== shared.empty);
    await Promise.all(pages.map((page) => page.close()));
    await context.unrouteAll();
    await context.clearPermissions();
    await context.setOffline(false);
    this.#free.push(shared);
  }

  async #openShared(options: VisitorOptions): Promise<Omit<Shared, "key">> {
    const context = await this.#open(options);
    return { context, empty: await context.newPage() };
  }

  async #open(options: VisitorOptions): Promise<BrowserContext> {
    const context = await this.#browser.newContext({ baseURL: this.#baseURL, ...options });
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
    return context;
  }
}

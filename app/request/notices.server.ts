/**
 * Notices: messages shown once on the next page, such as `Saved`. Stored in KV, with the key in a cookie.
 *
 * KV allows one write per second and key, so reading a notice clears only the cookie, and KV expires the
 * entry. Failures are logged and do not affect the response.
 */
import { createWorkersKVSessionStorage } from "@react-router/cloudflare";
import { createCookie, type SessionStorage } from "react-router";
import { type CookieSettings, clearCookie, type RequestCookies } from "./cookies.server.ts";
import type { Env } from "./env.server.ts";
import { describeError, type Log } from "./log.server.ts";

export type Notice = { kind: "status" | "alert"; text: string };

const LIFETIME_S = 120;

export type NoticesOptions = {
  kv: KVNamespace;
  settings: CookieSettings & Pick<Env, "cookiePasswords">;
  request: Request;
  cookies: RequestCookies;
  log: Log;
  /** False for requests that must not consume the notice, such as prefetches. */
  mayRead: boolean;
};

export class Notices {
  readonly #options: NoticesOptions;
  readonly #name: string;
  #storage: SessionStorage<{ notice: Notice }> | null = null;
  #write: string[] = [];

  constructor(options: NoticesOptions) {
    this.#options = options;
    this.#name = `${options.settings.cookiePrefix}mosaic-notice`;
  }

  /** Creates the storage on demand, because most requests have no notice. */
  #store(): SessionStorage<{ notice: Notice }> {
    const { kv, settings } = this.#options;
    this.#storage ??= createWorkersKVSessionStorage<{ notice: Notice }>({
      kv,
      cookie: createCookie(this.#name, {
        path: "/",
        httpOnly: true,
        sameSite: "lax",
        secure: settings.secure,
        maxAge: LIFETIME_S,
        // Newest first: the first one signs, all verify.
        secrets: Object.values(settings.cookiePasswords).reverse(),
      }),
    });
    return this.#storage;
  }

  /** The `Set-Cookie` lines for this response. */
  get setCookies(): readonly string[] {
    return this.#write;
  }

  /** Stores a notice for the page that this response redirects to. */
  async leave(notice: Notice): Promise<void> {
    const expires = new Date(Date.now() + LIFETIME_S * 1000);
    try {
      const session = await this.#store().getSession();
      session.set("notice", notice);
      this.#write = [await this.#store().commitSession(session, { expires, maxAge: LIFETIME_S })];
    } catch (error) {
      this.#options.log.warn("notice", { action: "leave", ...describeError(error) });
    }
  }

  /** Clears the notice when the user changes. */
  forget(): void {
    const { cookies, settings } = this.#options;
    if (cookies[this.#name] !== undefined) this.#write = [clearCookie(settings, this.#name)];
  }

  /** Returns the notice for this page, or null, and clears it. */
  async take(): Promise<Notice | null> {
    const { cookies, mayRead, request, settings, log } = this.#options;
    if (!mayRead || cookies[this.#name] === undefined) return null;
    this.#write = [clearCookie(settings, this.#name)];
    try {
      const session = await this.#store().getSession(request.headers.get("Cookie"));
      return session.get("notice") ?? null;
    } catch (error) {
      log.warn("notice", { action: "take", ...describeError(error) });
      return null;
    }
  }
}

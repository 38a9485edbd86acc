/**
 * What is said once on the next page, such as `Saved` after a form's redirect. Kept in KV, named by a cookie.
 *
 * KV takes one write a second for a key, so a notice is written once and never written back: reading clears only the
 * cookie, and KV forgets by itself. Losing a notice never costs the answer it belongs to.
 */
import { createWorkersKVSessionStorage } from "@react-router/cloudflare";
import { createCookie, type SessionStorage } from "react-router";
import { type CookieSettings, clearCookie, type RequestCookies } from "./auth/cookies.server.ts";
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
  /** Only a real GET spends a notice. */
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

  /** Made where there is a notice: most requests have none. */
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
        // The newest password first: it signs, all verify.
        secrets: Object.values(settings.cookiePasswords).reverse(),
      }),
    });
    return this.#storage;
  }

  /** The `Set-Cookie` lines for this response. */
  get setCookies(): readonly string[] {
    return this.#write;
  }

  /** Leaves a notice for the page that this response redirects to. */
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

  /** Nobody but whom it was left for is to read it. */
  forget(): void {
    const { cookies, settings } = this.#options;
    if (cookies[this.#name] !== undefined) this.#write = [clearCookie(settings, this.#name)];
  }

  /** The notice left for this page, if any. Reading spends it. */
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

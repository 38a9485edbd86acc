/** The cookies of one browser, as RFC 6265 keeps them: by name and path, forgotten at Max-Age=0. */

export type SetCookie = {
  name: string;
  value: string;
  path: string;
  /** Seconds; null where the cookie ends with the browser. */
  maxAge: number | null;
  httpOnly: boolean;
  secure: boolean;
  sameSite: string | null;
  domain: string | null;
  /** True where this line deletes the cookie. */
  clears: boolean;
};

/** Reads one `Set-Cookie` line. */
export function parseSetCookie(line: string): SetCookie {
  const [pair = "", ...rest] = line.split(";").map((part) => part.trim());
  const cut = pair.indexOf("=");
  const attributes = new Map(
    rest.map((part) => {
      const [name = "", ...value] = part.split("=");
      return [name.toLowerCase(), value.join("=")] as const;
    }),
  );
  const maxAge = attributes.has("max-age") ? Number(attributes.get("max-age")) : null;
  const expires = attributes.has("expires") ? Date.parse(attributes.get("expires") ?? "") : Number.NaN;
  return {
    name: pair.slice(0, cut),
    value: pair.slice(cut + 1),
    path: attributes.get("path") ?? "/",
    maxAge,
    httpOnly: attributes.has("httponly"),
    secure: attributes.has("secure"),
    sameSite: attributes.get("samesite") ?? null,
    domain: attributes.get("domain") ?? null,
    clears: maxAge === null ? expires < Date.now() : maxAge <= 0,
  };
}

export class CookieJar {
  readonly #cookies = new Map<string, SetCookie>();

  /** Takes what an answer sets and forgets what it clears. */
  take(cookies: readonly SetCookie[]): void {
    for (const cookie of cookies) {
      const key = `${cookie.name};${cookie.path}`;
      this.#cookies.delete(key);
      if (!cookie.clears) this.#cookies.set(key, cookie);
    }
  }

  /** Puts a cookie in by hand, as someone who tampers would. */
  put(name: string, value: string, path = "/"): void {
    this.take([
      {
        name,
        value,
        path,
        maxAge: null,
        httpOnly: true,
        secure: false,
        sameSite: "Lax",
        domain: null,
        clears: false,
      },
    ]);
  }

  get(name: string): string | undefined {
    return this.all().find((cookie) => cookie.name === name)?.value;
  }

  all(): SetCookie[] {
    return [...this.#cookies.values()];
  }

  delete(name: string): void {
    for (const [key, cookie] of this.#cookies) if (cookie.name === name) this.#cookies.delete(key);
  }

  clear(): void {
    this.#cookies.clear();
  }

  /** The `Cookie` header for a path, or null. */
  header(path: string): string | null {
    const pairs = this.all()
      .filter((cookie) => pathMatches(path, cookie.path))
      .map((cookie) => `${cookie.name}=${cookie.value}`);
    return pairs.length === 0 ? null : pairs.join("; ");
  }

  copy(): CookieJar {
    const jar = new CookieJar();
    jar.take(this.all());
    return jar;
  }
}

/** RFC 6265 5.1.4. */
function pathMatches(requested: string, cookiePath: string): boolean {
  const path = requested.split("?")[0] ?? "/";
  if (path === cookiePath || cookiePath === "/") return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith("/") || path[cookiePath.length] === "/");
}

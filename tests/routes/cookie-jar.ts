/** Cookie jar of one browser (RFC 6265). */

export type SetCookie = {
  name: string;
  value: string;
  path: string;
  /** Lifetime in seconds; null for a cookie that expires with the browser. */
  maxAge: number | null;
  httpOnly: boolean;
  secure: boolean;
  sameSite: string | null;
  domain: string | null;
  /** Whether the header deletes the cookie. */
  clears: boolean;
};

/**
 * Parses a `Set-Cookie` header.
 * @param line - Value of the header.
 * @returns The cookie.
 */
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

  /**
   * Applies the `Set-Cookie` headers of a response.
   * @param cookies - Parsed headers.
   */
  take(cookies: readonly SetCookie[]): void {
    for (const cookie of cookies) {
      const key = `${cookie.name};${cookie.path}`;
      this.#cookies.delete(key);
      if (!cookie.clears) this.#cookies.set(key, cookie);
    }
  }

  /**
   * Sets a cookie directly, as an attacker could.
   * @param name - Name of the cookie.
   * @param value - Value of the cookie.
   * @param path - Path of the cookie.
   */
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

  /**
   * Returns the `Cookie` header of a request.
   * @param path - Path of the request.
   * @returns The header, or null if no cookie applies.
   */
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

/** Returns whether a cookie applies to the requested path (RFC 6265, section 5.1.4). */
function pathMatches(requested: string, cookiePath: string): boolean {
  const path = requested.split("?")[0] ?? "/";
  if (path === cookiePath || cookiePath === "/") return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith("/") || path[cookiePath.length] === "/");
}

/** Counts requests per endpoint in memory, so that a test can check that there was exactly one refresh. */
export type RequestCount = { method: string; path: string; grant: string | null; count: number };

/** The counts. */
export class RequestCounts {
  #counts = new Map<string, RequestCount>();

  /**
   * Counts a request.
   *
   * @param method - The method.
   * @param path - The pattern of the route, so that all ids are counted together.
   * @param grant - The grant type of a token request.
   */
  add(method: string, path: string, grant: string | null): void {
    const key = `${method} ${path} ${grant ?? ""}`;
    const known = this.#counts.get(key);
    if (known) known.count++;
    else this.#counts.set(key, { method, path, grant, count: 1 });
  }

  all(): RequestCount[] {
    return [...this.#counts.values()];
  }

  clear(): void {
    this.#counts.clear();
  }
}

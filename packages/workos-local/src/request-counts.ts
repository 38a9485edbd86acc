/** How often each endpoint was called, so that a test can say "one refresh, and no more". Kept in memory. */
export type RequestCount = { method: string; path: string; grant: string | null; count: number };

export class RequestCounts {
  #counts = new Map<string, RequestCount>();

  /** @param path the route's pattern, so that ids do not make new rows */
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

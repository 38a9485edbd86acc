/**
 * Waits before a retry, with exponential backoff and jitter; ends early when the browser is back online.
 *
 * @param attempt - The number of failed attempts before, from 0.
 * @param signal - Ends the pause.
 */
export function pause(attempt: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, Math.min(500 * 2 ** attempt, 15_000) * (0.75 + Math.random() / 2));
    addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}

/**
 * Loads a module for `lazy`, and retries until it arrives, because a failed load would show the error page instead of
 * the page. Chromium requests a failed module again only after the document is reloaded. Until then, the component is
 * not shown.
 */
export async function untilLoaded<T>(load: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await load();
    } catch {
      await pause(attempt);
    }
  }
}

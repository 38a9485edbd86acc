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
 * Loads a module for `lazy`, and tries again until it arrives: a rejected load would replace the page by an error page.
 * Chromium does not ask for a failed module again before the next document. The part is then missing.
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

/** Wait for the new version at `APP_URL`: a new domain or version takes time to become available. */
import { setTimeout as pause } from "node:timers/promises";

/** The new version does not respond. */
export class NotLiveError extends Error {
  override readonly name = "NotLiveError";
}

const WAIT_MS = 120_000;
const ATTEMPT_MS = 5_000;
const RETRY_MS = 1_000;

/**
 * Waits until the new version responds.
 *
 * @param appUrl - The base URL of the app.
 * @param version - The version id from wrangler; null accepts any version.
 * @param signal - Aborts the wait.
 * @throws {NotLiveError} after two minutes, with the last response.
 */
export async function untilLive(appUrl: string, version: string | null, signal: AbortSignal): Promise<void> {
  const url = `${appUrl}/healthz`;
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const seen = await look(url);
    if (seen.ok && (version === null || seen.version === version)) return;
    if (Date.now() > end)
      throw new NotLiveError(`${url} ${seen.ok ? "answers with another version" : seen.why}`);
    await pause(RETRY_MS, undefined, { signal });
  }
}

type Seen = { ok: true; version: unknown } | { ok: false; why: string };

async function look(url: string): Promise<Seen> {
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(ATTEMPT_MS) });
    const body = await response.text();
    if (response.status !== 200) return { ok: false, why: `answers with status ${response.status}` };
    const { status, version } = JSON.parse(body) as { status?: unknown; version?: unknown };
    return status === "ok" ? { ok: true, version } : { ok: false, why: "answers, but not as Mosaic does" };
  } catch (error) {
    return {
      ok: false,
      why: error instanceof SyntaxError ? "answers, but not in JSON" : "cannot be reached",
    };
  }
}

/**
 * Short-lived notes that the isolates of a Cloudflare location share through its cache. Each isolate also keeps
 * its own notes in memory; on workers.dev, which has no cache, these are the only ones.
 */
import { setBounded } from "../request/bounded-map.ts";
import type { Env } from "../request/env.server.ts";

type Note = { value: string; until: number };

const inMemory = new Map<string, Note>();
const MOST_IN_MEMORY = 5_000;

/** Returns the value of a note; null if there is none or it has expired. */
export async function readNote(env: Env, name: string): Promise<string | null> {
  const known = inMemory.get(name);
  if (known !== undefined && known.until > Date.now()) return known.value;
  try {
    return (await (await locationCache()?.match(urlOf(env, name)))?.text()) ?? null;
  } catch {
    return null;
  }
}

/**
 * Writes a note, unless the same one is valid for long enough.
 *
 * @param seconds - How long the note is valid from now on.
 * @param longer - Seconds by which it may be valid longer, so that it is not written each time.
 */
export async function writeNote(
  env: Env,
  name: string,
  value: string,
  seconds: number,
  longer = 0,
): Promise<void> {
  const now = Date.now();
  const known = inMemory.get(name);
  if (known?.value === value && known.until >= now + seconds * 1000) return;
  const lifetime = seconds + longer;
  // Deleted first, so that it becomes the newest entry of the bounded map.
  inMemory.delete(name);
  setBounded(inMemory, name, { value, until: now + lifetime * 1000 }, MOST_IN_MEMORY);
  const response = new Response(value, { headers: { "Cache-Control": `max-age=${lifetime}` } });
  try {
    await locationCache()?.put(urlOf(env, name), response);
  } catch {
    // A note only saves work, so a request does not fail because it could not be written.
  }
}

/** Returns the cache of this location, which the types of browsers do not know. */
function locationCache(): Cache | undefined {
  return (caches as unknown as { default?: Cache }).default;
}

/** Returns the cache key of a note: a URL with the app's host, as Cloudflare recommends. It is never requested. */
function urlOf({ appUrl }: Env, name: string): string {
  return `${appUrl}/notes/${encodeURIComponent(name)}`;
}

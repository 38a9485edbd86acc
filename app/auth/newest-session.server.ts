/** Choice among several session cookies: a parent domain or another path can set one of the same name. */
import { readSessionCookies } from "../request/cookies.server.ts";
import type { Env } from "../request/env.server.ts";
import type { Log } from "../request/log.server.ts";
import { openSession } from "./seal.server.ts";
import type { Session } from "./session.ts";

/**
 * Returns the session of a request; of several, the one that was refreshed last.
 *
 * @param header - The `Cookie` header.
 * @param now - Unix milliseconds.
 * @returns Null if no session cookie can be opened.
 */
export async function newestSession(
  env: Env,
  header: string,
  log: Log,
  now: number,
): Promise<Readonly<Session> | null> {
  const sealed = readSessionCookies(env, header);
  const opened = await Promise.all(sealed.map((one) => openSession(one, env.cookiePasswords, now)));
  const sessions = opened.filter((session) => session !== null);
  if (new Set(sessions.map(({ user }) => user.id)).size > 1) {
    log.warn("auth.cookies", { outcome: "several_users", count: sessions.length });
  }
  return sessions.sort((a, b) => b.refreshedAt - a.refreshedAt)[0] ?? null;
}

/** Root loader data: current user, session, theme, language and time zone. */
import type { SessionUser } from "../auth/session.ts";
import type { RequestContext } from "../request/context.ts";
import type { Notice } from "../request/notices.server.ts";
import { readTheme, rememberTheme } from "../request/theme-cookie.server.ts";
import type { Theme } from "../ui/theme.ts";
import { sampleFormats, shownTimeZone } from "./formats.ts";
import type { PageResult, Viewer } from "./page-query.server.ts";

export type Shell = {
  user: SessionUser | null;
  /** Lets tabs detect that the session has changed. */
  sessionId: string | null;
  /** Email of the impersonator; null if the user signed in themselves. */
  impersonator: string | null;
  /** The current user in Convex; null for a guest, before the first sync, and if Convex is unavailable. */
  viewer: Viewer | null;
  /** Signed in, but Convex is unavailable. */
  dataMissing: boolean;
  theme: Theme;
  timeZone: string;
  locale: string;
  /** Sample of the server's date and number formats, for the browser to compare; null for a guest. */
  formats: string | null;
  /** Server time, Unix milliseconds, from which the page's clock starts. */
  now: number;
  /** Convex URL for live data; null for a guest, like `sessionId`. */
  convexUrl: string | null;
  notice: Notice | null;
};

/** Returns the root loader's data. Shares the result of the page's query. */
export async function loadShell(context: RequestContext): Promise<Shell> {
  const { auth, cookies, env, locale, notices, now, page } = context;
  const [result, notice] = await Promise.all([page.result() ?? withoutQuery(context), notices.take()]);
  const remembered = readTheme(env, cookies);
  const viewer = result.status === "ok" ? result.data.viewer : null;
  // A session that ended during this request is signed out with its response.
  const session = result.status === "signed_out" || auth.endReason !== null ? null : result.session;
  const timeZone = shownTimeZone(viewer?.preferences.timeZone ?? "UTC");
  const stored = viewer?.preferences.theme ?? null;
  // Store the user's theme in the browser, so that it is kept after sign-out.
  if (stored !== null && stored !== remembered) context.setCookies.push(rememberTheme(env, stored));
  return {
    user: session?.user ?? null,
    sessionId: session?.sessionId ?? null,
    impersonator: session?.impersonator ?? null,
    viewer,
    dataMissing: result.status === "unavailable",
    theme: stored ?? remembered ?? "system",
    timeZone,
    locale,
    formats: session ? sampleFormats(locale, timeZone, new Date(now).getUTCFullYear()) : null,
    now,
    convexUrl: session && env.convexUrl,
    notice,
  };
}

async function withoutQuery({ auth }: RequestContext): Promise<PageResult> {
  const current = await auth.current();
  return current === null
    ? { status: "signed_out" }
    : { status: "ok", session: current.session, data: { viewer: null } };
}

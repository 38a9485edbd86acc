/** What every page is rendered within: who is here, in which theme, language and time zone. */
import type { SessionUser } from "./auth/session.ts";
import type { RequestContext } from "./context.ts";
import { sampleFormats, shownTimeZone } from "./live/formats.ts";
import type { Notice } from "./notices.server.ts";
import type { PageResult } from "./page-query.server.ts";
import type { Theme } from "./theme/theme.ts";
import { readTheme, rememberTheme } from "./theme/theme-cookie.server.ts";
import type { Viewer } from "./viewer.ts";

export type Shell = {
  user: SessionUser | null;
  /** Tells one session from the next in this browser, so that tabs notice. */
  sessionId: string | null;
  /** Who acts as the person, where that is somebody else. */
  impersonator: string | null;
  /** The person in Convex; null for a guest, before the first sync, and where Convex did not answer. */
  viewer: Viewer | null;
  /** Signed in, but Convex did not answer. */
  dataMissing: boolean;
  theme: Theme;
  timeZone: string;
  locale: string;
  /** A sample of how the server formats, for the browser to compare; null for a guest, who sees no dates. */
  formats: string | null;
  /** The server's time, Unix milliseconds: the page's clock starts here. */
  now: number;
  /** Where the browser connects for live data; null for a guest. */
  convexUrl: string | null;
  notice: Notice | null;
};

/** @returns What root's loader gives. A page with a query of its own is not asked about twice. */
export async function loadShell(context: RequestContext): Promise<Shell> {
  const { auth, cookies, env, locale, notices, now, page } = context;
  const [result, notice] = await Promise.all([page.result() ?? withoutQuery(context), notices.take()]);
  const remembered = readTheme(env, cookies);
  const viewer = result.status === "ok" ? result.data.viewer : null;
  const session = result.status === "signed_out" ? null : result.session;
  const timeZone = shownTimeZone(viewer?.preferences.timeZone ?? "UTC");
  const stored = viewer?.preferences.theme ?? null;
  // The browser keeps what Convex says, so that it is still there after sign-out.
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
    convexUrl: session && auth.endReason === null ? env.convexUrl : null,
    notice,
  };
}

async function withoutQuery({ auth }: RequestContext): Promise<PageResult> {
  const current = await auth.current();
  return current === null
    ? { status: "signed_out" }
    : { status: "ok", session: current.session, data: { viewer: null } };
}

/** The theme as this browser remembers it, so that the first HTML is right also for a guest and after sign-out. */
import { type CookieSettings, type RequestCookies, setCookie } from "../auth/cookies.server.ts";
import { isTheme, type Theme } from "./theme.ts";

const YEAR_S = 365 * 24 * 60 * 60;

const cookieName = (settings: CookieSettings) => `${settings.cookiePrefix}mosaic-theme`;

/** @returns The theme this browser last chose, or null. */
export function readTheme(settings: CookieSettings, cookies: RequestCookies): Theme | null {
  const value = cookies[cookieName(settings)];
  return isTheme(value) ? value : null;
}

/**
 * @returns The `Set-Cookie` line that makes this browser remember a theme. Scripts may read it: the page made at build
 *   sets it before anything is painted.
 */
export function rememberTheme(settings: CookieSettings, theme: Theme): string {
  return setCookie(settings, cookieName(settings), theme, YEAR_S, { httpOnly: false });
}

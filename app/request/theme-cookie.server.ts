/** Theme cookie, so that the first HTML has the right theme for guests and after sign-out. */

import { isTheme, type Theme } from "../ui/theme.ts";
import { type CookieSettings, type RequestCookies, setCookie } from "./cookies.server.ts";

const YEAR_S = 365 * 24 * 60 * 60;

const cookieName = (settings: CookieSettings) => `${settings.cookiePrefix}mosaic-theme`;

/** Returns the theme in the cookie, or null. */
export function readTheme(settings: CookieSettings, cookies: RequestCookies): Theme | null {
  const value = cookies[cookieName(settings)];
  return isTheme(value) ? value : null;
}

/**
 * Returns the `Set-Cookie` header for a theme. Not `HttpOnly`, because the prerendered pages read it before
 * the first paint.
 */
export function rememberTheme(settings: CookieSettings, theme: Theme): string {
  return setCookie(settings, cookieName(settings), theme, YEAR_S, { httpOnly: false });
}

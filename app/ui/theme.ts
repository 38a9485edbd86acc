/** The available themes. */

const THEMES = ["light", "dark", "system"] as const;
export type Theme = (typeof THEMES)[number];

/** Returns whether a form's or a cookie's value is a theme. */
export function isTheme(value: unknown): value is Theme {
  return THEMES.some((theme) => theme === value);
}

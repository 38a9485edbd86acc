/** Provider of the tab's theme: the user's preference, live, or the browser's cookie. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from "react";
import { useLive } from "../data/live-context.ts";
import { useShell } from "../data/use-shell.ts";
import type { Theme } from "../ui/theme.ts";
import { chooseTheme, currentChoice, onChoice } from "./theme-choice.ts";

type ThemeControl = {
  theme: Theme;
  /** Whether the choice is not stored yet. */
  waiting: boolean;
  setTheme(theme: Theme): void;
};

const ThemeContext = createContext<ThemeControl>({ theme: "system", waiting: false, setTheme: () => {} });

/** Returns the current theme and a function to change it. */
export function useTheme(): ThemeControl {
  return useContext(ThemeContext);
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const shell = useShell();
  const { viewer } = useLive();
  const choice = useSyncExternalStore(onChoice, currentChoice, () => null);
  const known = viewer?.preferences.theme ?? shell?.theme ?? "system";
  const waiting = choice !== null && !choice.stored;
  // After the choice is stored, a choice in another tab or on another device applies again.
  const theme = choice !== null && (waiting || choice.before === known) ? choice.theme : known;

  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);

  const control = useMemo(
    () => ({ theme, waiting, setTheme: (next: Theme) => chooseTheme(next, known) }),
    [theme, waiting, known],
  );
  return <ThemeContext value={control}>{children}</ThemeContext>;
}

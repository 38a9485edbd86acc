/** The theme of this tab: the person's own, live, or this browser's. */
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { useFetcher } from "react-router";
import { useLive } from "../live/live-context.ts";
import { useShell } from "../use-shell.ts";
import type { Theme } from "./theme.ts";

type ThemeControl = { theme: Theme; setTheme(theme: Theme): void };

const ThemeContext = createContext<ThemeControl>({ theme: "system", setTheme: () => {} });

/** The theme in use, and how to choose another: it shows at once and is kept by the server. */
export function useTheme(): ThemeControl {
  return useContext(ThemeContext);
}

export function ThemeProvider({ children }: { children: ReactNode }) {
  const shell = useShell();
  const { viewer } = useLive();
  const [chosen, setChosen] = useState<Theme | null>(null);
  const { submit, state } = useFetcher();
  const known = viewer?.preferences.theme ?? shell?.theme ?? "system";
  const theme = chosen ?? known;

  // Once it is kept, what another tab or device chooses counts again.
  const saving = state !== "idle";
  useEffect(() => {
    if (!saving && chosen === known) setChosen(null);
  }, [saving, chosen, known]);

  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);

  const control = useMemo(
    () => ({
      theme,
      setTheme(next: Theme) {
        setChosen(next);
        void submit({ theme: next }, { method: "post", action: "/" });
      },
    }),
    [theme, submit],
  );
  return <ThemeContext value={control}>{children}</ThemeContext>;
}

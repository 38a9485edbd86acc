/** What every page is rendered within, where a component needs it; undefined where root's loader gave nothing. */
import { createContext, useContext } from "react";
import type { Shell } from "./shell.server.ts";

export const ShellContext = createContext<Shell | undefined>(undefined);

export function useShell(): Shell | undefined {
  return useContext(ShellContext);
}

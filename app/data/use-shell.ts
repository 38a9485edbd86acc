/** Hook for the root loader's data; undefined if the root loader failed. */
import { createContext, useContext } from "react";
import type { Shell } from "./shell.server.ts";

export const ShellContext = createContext<Shell | undefined>(undefined);

export function useShell(): Shell | undefined {
  return useContext(ShellContext);
}

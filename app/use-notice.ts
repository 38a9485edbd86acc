/** What is said once, for as long as the person stays. */
import { useState } from "react";
import { useLocation } from "react-router";
import type { Notice } from "./notices.server.ts";
import { useShell } from "./use-shell.ts";

/**
 * The worker says a thing once. A page that loads its data anew, because something changed elsewhere, has not gone
 * anywhere: what it said stays until the next navigation.
 *
 * @returns The notice of this page, if any.
 */
export function useNotice(): Notice | null {
  const said = useShell()?.notice ?? null;
  const { key } = useLocation();
  const [kept, keep] = useState({ key, notice: said });
  const stays = kept.key === key && (said === null || said === kept.notice);
  if (!stays) keep({ key, notice: said });
  return stays ? kept.notice : said;
}

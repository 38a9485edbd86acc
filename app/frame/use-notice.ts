/** Hook for the notice of the current page. */
import { useState } from "react";
import { useLocation } from "react-router";
import { useShell } from "../data/use-shell.ts";
import type { Notice } from "../request/notices.server.ts";

/**
 * Returns the notice of the current page. The worker sends a notice once, so it is kept until the next
 * navigation, even if the page revalidates.
 *
 * @returns The notice, or null.
 */
export function useNotice(): Notice | null {
  const loaded = useShell()?.notice ?? null;
  const { key } = useLocation();
  const [kept, keep] = useState({ key, notice: loaded });
  const stays = kept.key === key && (loaded === null || loaded === kept.notice);
  if (!stays) keep({ key, notice: loaded });
  return stays ? kept.notice : loaded;
}

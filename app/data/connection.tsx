/** Connection state in the footer of every page of a signed-in user. */
import { formatClock } from "../ui/format.ts";
import { LiveMark } from "../ui/live-mark.tsx";
import { useHydrated } from "../ui/use-hydrated.ts";
import { useLive } from "./live-context.ts";
import { useDisplaySettings } from "./use-display-settings.ts";

/** Renders nothing before hydration, because without JavaScript the page never connects. */
export default function Connection() {
  const { state, asOf } = useLive();
  const display = useDisplaySettings();
  const hydrated = useHydrated();
  if (state === null || (state === "connecting" && !hydrated)) return null;
  return <LiveMark state={state} since={asOf === null ? undefined : formatClock(asOf, display)} />;
}

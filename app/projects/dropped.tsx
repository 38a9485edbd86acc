/** Alert about items that were dropped: how many, since when, why, and what to do. */
import { DAY_MS } from "../../convex/model/intervals.ts";
import type { DisplaySettings } from "../data/use-display-settings.ts";
import { formatMinute } from "../ui/format.ts";
import { formatCount } from "../ui/format-number.ts";
import { Notice } from "../ui/notice.tsx";
import type { Project } from "./project-query.ts";

/** Reasons by code, each with what to do. */
const REASONS: Readonly<Record<string, string>> = {
  limit_reached:
    "A project has at most 200 agents and 1000 time series. Retire agents that no longer report, or use another project.",
  kind_mismatch:
    "Some points had another kind than their time series. Use another name, or send no point for 24 hours.",
  failed: "Some items could not be processed. Send them again.",
};

/** Renders the alert until a day after the last drop. */
export function Dropped({ dropped, display }: { dropped: Project["dropped"]; display: DisplaySettings }) {
  if (dropped === null || display.now > dropped.lastAt + DAY_MS) return null;
  const { count, since, codes } = dropped;
  return (
    <Notice kind="alert">
      <p>
        <strong>Some data was dropped</strong>
        <span>{`: ${formatCount(count, "item")} since ${formatMinute(since, display)}.`}</span>
      </p>
      {codes.map((code) => (REASONS[code] === undefined ? null : <p key={code}>{REASONS[code]}</p>))}
    </Notice>
  );
}

// A number that changes or lines up with others: tabular figures, so that nothing jitters.

import { formatCompact, formatNumber } from "./format-number.ts";

/**
 * @param unit - Smaller and quieter than the value.
 * @param compact - `1.2 M` in place of the whole number; for tiles only. The whole one is in the title.
 */
export function NumberText({
  value,
  unit,
  compact = false,
  locale = "en",
}: {
  value: number;
  unit?: string;
  compact?: boolean;
  locale?: string;
}) {
  const whole = formatNumber(value, locale);
  const shown = compact ? formatCompact(value, locale) : whole;
  return (
    <span className="whitespace-nowrap tabular-nums" title={shown === whole ? undefined : whole}>
      <span>{shown}</span>
      {unit ? <span className="ml-1 text-small text-quiet">{unit}</span> : null}
    </span>
  );
}

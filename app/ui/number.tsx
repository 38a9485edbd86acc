/** Number in tabular figures, so that a change does not shift the layout. */
import { formatCompact, formatNumber } from "./format-number.ts";

/**
 * Renders a number.
 *
 * @param unit - Unit, shown smaller than the value.
 * @param compact - Shows `1.2 M` instead of the full number, which is in the title. For tiles only.
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

/** Mark of an agent with open incidents, for tiles and rows. */

/**
 * Renders the mark.
 *
 * @param count - Number of open incidents; without any, nothing is rendered.
 */
export function IncidentMark({ count }: { count: number }) {
  if (count === 0) return null;
  return (
    <span className="text-small font-strong text-bad">
      {count === 1 ? "1 open incident" : `${count} open incidents`}
    </span>
  );
}

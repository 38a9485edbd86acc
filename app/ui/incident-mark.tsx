/** Number of open incidents, in words. */

/**
 * Renders the number.
 *
 * @param count - Number of open incidents; without any, nothing is rendered.
 */
export function IncidentMark({ count }: { count: number }) {
  if (count === 0) return null;
  return <span className="text-small font-strong text-bad">{incidentsInWords(count)}</span>;
}

export function incidentsInWords(count: number): string {
  return count === 1 ? "1 open incident" : `${count} open incidents`;
}

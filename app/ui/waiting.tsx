/** Mark of a pending edit. */

/** Renders the text `Waiting` with a dashed square. */
export function Waiting() {
  return (
    <span className="inline-flex items-center gap-2 text-small text-quiet">
      <svg width="10" height="10" viewBox="0 0 10 10" fill="none" aria-hidden="true">
        <rect
          x="1"
          y="1"
          width="8"
          height="8"
          rx="1.5"
          stroke="currentColor"
          strokeWidth="1.5"
          strokeDasharray="2.4 1.6"
        />
      </svg>
      Waiting
    </span>
  );
}

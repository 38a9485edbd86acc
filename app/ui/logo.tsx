/** Logo of three by three tiles. Keep it in sync with the favicon (favicon.svg). */

const TILES = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => ({
  index,
  x: (index % 3) * 8 + 1,
  y: Math.floor(index / 3) * 8 + 1,
}));
const OUTLINED = 5;
const DASHED = 6;

/** The filled tiles as one path, because the logo is on every page. Its stroke rounds the corners. */
const FILLED = TILES.filter(({ index }) => index !== OUTLINED && index !== DASHED)
  .map(({ x, y }) => `M${x + 1.25} ${y + 1.25}h3.5v3.5h-3.5z`)
  .join("");

/**
 * Renders the logo in the current text color. Decorative, because the name is next to it.
 *
 * @param size - Width and height, CSS px.
 * @param dashed - Draws all tiles dashed, for an empty state.
 */
export function Logo({ size = 24, dashed = false }: { size?: number; dashed?: boolean }) {
  const outlines = dashed ? TILES : TILES.filter(({ index }) => index === OUTLINED || index === DASHED);
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      aria-hidden="true"
      className="flex-none"
    >
      {dashed ? null : <path d={FILLED} fill="currentColor" strokeWidth="2.5" strokeLinejoin="round" />}
      {outlines.map(({ index, x, y }) => (
        <rect
          key={index}
          x={x + 0.5}
          y={y + 0.5}
          width="5"
          height="5"
          rx="1"
          strokeDasharray={dashed || index === DASHED ? "1.6 1.2" : undefined}
        />
      ))}
    </svg>
  );
}

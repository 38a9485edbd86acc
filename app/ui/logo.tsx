/** Logo of three by three tiles. Keep it in sync with the favicon (favicon.svg). */

const TILES = [0, 1, 2, 3, 4, 5, 6, 7, 8].map((index) => ({
  index,
  x: (index % 3) * 8 + 1,
  y: Math.floor(index / 3) * 8 + 1,
}));
const OUTLINED = 5;
const DASHED = 6;

/**
 * Renders the logo in the current text color. Decorative, because the name is next to it.
 *
 * @param size - Width and height, CSS px.
 * @param dashed - Draws all tiles dashed, for an empty state.
 */
export function Logo({ size = 24, dashed = false }: { size?: number; dashed?: boolean }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true" className="flex-none">
      {TILES.map(({ index, x, y }) =>
        dashed || index === OUTLINED || index === DASHED ? (
          <rect
            key={index}
            x={x + 0.5}
            y={y + 0.5}
            width="5"
            height="5"
            rx="1"
            stroke="currentColor"
            strokeDasharray={dashed || index === DASHED ? "1.6 1.2" : undefined}
          />
        ) : (
          <rect key={index} x={x} y={y} width="6" height="6" rx="1.25" fill="currentColor" />
        ),
      )}
    </svg>
  );
}

/** What the demo's agents have to tell: figures that rise and fall with the day, as real ones do. */

export type Figure = {
  name: string;
  /** Around which it moves, and how far a day takes it. */
  middle: number;
  swing: number;
  /** How much one value differs from the next. */
  noise: number;
  decimals: number;
};

export type DemoAgent = {
  agent: string;
  /** How often it sends, in seconds; 0: it has stopped, and only its past is there. */
  every: number;
  figures: Figure[];
};

/** One value as the ingestion API takes it; `at` in Unix milliseconds. */
export type Metric = { agent: string; name: string; value: number; at: number };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The API takes nothing older than 7 days; an hour is left for a slow start. */
const OLDEST = 7 * DAY - HOUR;

/** How long ago an agent fell silent that sends no more. */
const SILENT_SINCE = 40 * MINUTE;

/** The demo's value of a figure at a time. */
export function valueAt({ middle, swing, noise, decimals }: Figure, at: number): number {
  const day = Math.sin((2 * Math.PI * (at % DAY)) / DAY - Math.PI / 2);
  const hour = Math.sin((2 * Math.PI * (at % HOUR)) / HOUR);
  const value = middle + swing * (day + 0.15 * hour) + noise * (Math.random() * 2 - 1);
  return Number(Math.max(0, value).toFixed(decimals));
}

/** What these agents say at a time. */
export function metricsAt(agents: readonly DemoAgent[], at: number): Metric[] {
  return agents.flatMap(({ agent, figures }) =>
    figures.map((figure) => ({ agent, name: figure.name, value: valueAt(figure, at), at })),
  );
}

/**
 * A week as if these agents had been there: each hour of it, each 10 minutes of the last day, each minute of the last
 * hour, so that every range of a chart has its points.
 */
export function pastOf(agents: readonly DemoAgent[], now: number): Metric[] {
  const times = new Set<number>();
  const fill = (since: number, step: number) => {
    for (let at = now - since; at < now; at += step) times.add(Math.floor(at / MINUTE) * MINUTE);
  };
  fill(OLDEST, HOUR);
  fill(DAY, 10 * MINUTE);
  fill(HOUR, MINUTE);
  return [...times]
    .sort((a, b) => a - b)
    .flatMap((at) =>
      metricsAt(
        agents.filter(({ every }) => every > 0 || at < now - SILENT_SINCE),
        at,
      ),
    );
}

/** Demo metrics: values that rise and fall with the time of day. */
import { isWorking, type Nightly, type Phase } from "./states.ts";

export type Figure = {
  name: string;
  /** A counter's value is the increment of one interval. A gauge if absent. */
  kind?: "counter";
  /** The mean value, and the amplitude of its daily change. */
  middle: number;
  swing: number;
  /** The maximum random deviation of one value. */
  noise: number;
  decimals: number;
};

export type DemoAgent = {
  agent: string;
  /** Interval in seconds; 0 means that the agent has stopped and has only past points. */
  every: number;
  figures: Figure[];
  /** The states that it goes through, again and again. */
  phases?: readonly Phase[];
  /** Works only at this time of the night. */
  nightly?: Nightly;
};

/** One value for the ingestion API; `at` is Unix ms. */
export type Metric = { agent: string; name: string; value: number; at: number; kind?: "counter" };

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The API rejects points older than 7 days; one hour is left for a slow start. */
const OLDEST = 7 * DAY - HOUR;

/** How long ago a stopped agent sent its last points, in ms. */
const SILENT_SINCE = 40 * MINUTE;

/**
 * Returns the value of a figure at a time.
 *
 * @param at - Unix ms.
 */
export function valueAt({ middle, swing, noise, decimals }: Figure, at: number): number {
  const day = Math.sin((2 * Math.PI * (at % DAY)) / DAY - Math.PI / 2);
  const hour = Math.sin((2 * Math.PI * (at % HOUR)) / HOUR);
  const value = middle + swing * (day + 0.15 * hour) + noise * (Math.random() * 2 - 1);
  return Number(Math.max(0, value).toFixed(decimals));
}

/**
 * Returns one value for each figure of the agents that work at a time.
 *
 * @param at - Unix ms.
 */
export function metricsAt(agents: readonly DemoAgent[], at: number): Metric[] {
  return agents
    .filter((agent) => isWorking(agent, at))
    .flatMap(({ agent, figures }) =>
      figures.map((figure) => ({
        ...{ agent, name: figure.name, value: valueAt(figure, at), at },
        ...(figure.kind && { kind: figure.kind }),
      })),
    );
}

/**
 * Returns past points of one week: hourly, every 10 minutes in the last day, and every minute in the last
 * hour, so that every range of a chart has data.
 *
 * @param now - The current time in Unix ms.
 */
export function pastOf(agents: readonly DemoAgent[], now: number): Metric[] {
  const times = new Set<number>();
  const fill = (since: number, step: number) => {
    for (let at = now - since; at < now; at += step) times.add(Math.floor(at / MINUTE) * MINUTE);
  };
  fill(OLDEST, HOUR);
  fill(DAY, 10 * MINUTE);
  fill(HOUR, MINUTE);
  // An hourly step may miss the minutes in which an agent works.
  for (const { nightly } of agents) {
    if (nightly === undefined) continue;
    const first = Math.ceil((now - OLDEST) / DAY) * DAY + nightly.hour * HOUR + MINUTE;
    for (let at = first; at < now; at += DAY) times.add(at);
  }
  return [...times]
    .sort((a, b) => a - b)
    .flatMap((at) =>
      metricsAt(
        agents.filter(({ every }) => every > 0 || at < now - SILENT_SINCE),
        at,
      ),
    );
}

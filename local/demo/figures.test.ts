import { describe, expect, it } from "vitest";
import { metricsAt, pastOf, valueAt } from "./figures.ts";
import { OtelCounts } from "./otel.ts";
import { isWorking, pastStates, statesBetween } from "./states.ts";
import { DEMO_PROJECTS } from "./team.ts";

const NOW = Date.UTC(2026, 10, 24, 14, 30, 12);
const MINUTE = 60_000;

describe("the demo's figures", () => {
  it("are valid for the ingestion API", () => {
    for (const { agents } of DEMO_PROJECTS) {
      for (const { agent, name, value, at } of pastOf(agents, NOW)) {
        expect(agent.length).toBeLessThanOrEqual(64);
        expect(name.length).toBeLessThanOrEqual(64);
        expect(Number.isFinite(value)).toBe(true);
        expect(at).toBeGreaterThan(NOW - 7 * 24 * 60 * MINUTE);
        expect(at).toBeLessThanOrEqual(NOW);
      }
    }
  });

  it("vary around their middle, with the given decimals, and never go below zero", () => {
    const figure = { name: "x", middle: 10, swing: 4, noise: 2, decimals: 1 };
    const values = Array.from({ length: 500 }, (_, index) => valueAt(figure, NOW + index * 7 * MINUTE));
    expect(Math.max(...values)).toBeLessThan(17);
    expect(Math.min(...values)).toBeGreaterThan(3);
    expect(values.every((value) => Number(value.toFixed(1)) === value)).toBe(true);
    expect(valueAt({ ...figure, middle: -50 }, NOW)).toBe(0);
  });

  it("have no points of the last half hour for an agent that has stopped", () => {
    const past = pastOf([{ agent: "gone", every: 0, figures: [figureOf("x")] }], NOW);
    expect(Math.max(...past.map(({ at }) => at))).toBeLessThan(NOW - 30 * MINUTE);
  });

  it("have points for every range of a chart", () => {
    const times = pastOf([{ agent: "here", every: 10, figures: [figureOf("x")] }], NOW).map(({ at }) => at);
    expect(times.filter((at) => at > NOW - 60 * MINUTE).length).toBeGreaterThanOrEqual(59);
    expect(times.filter((at) => at > NOW - 24 * 60 * MINUTE).length).toBeGreaterThanOrEqual(143);
    expect(times.length).toBeLessThan(400);
    expect(new Set(times).size).toBe(times.length);
  });

  it("have one value for each figure of each agent", () => {
    const agents = [{ agent: "a", every: 10, figures: [figureOf("x"), figureOf("y")] }];
    expect(metricsAt(agents, NOW).map(({ name, at }) => [name, at])).toEqual([
      ["x", NOW],
      ["y", NOW],
    ]);
  });
});

describe("the demo's states", () => {
  const phases = [
    { state: "working", seconds: 60, message: "at it" },
    { state: "failed", seconds: 30 },
  ] as const;
  const START = Math.floor(NOW / 90_000) * 90_000;

  it("follow the phases, each reported once at its beginning", () => {
    const agent = { agent: "a", phases };
    expect(statesBetween(agent, START - 1, START + 60_000)).toEqual([
      { agent: "a", state: "working", message: "at it", at: START },
      { agent: "a", state: "failed", at: START + 60_000 },
    ]);
    expect(statesBetween(agent, START, START + 59_999)).toEqual([]);
    expect([isWorking(agent, START + 59_999), isWorking(agent, START + 60_000)]).toEqual([true, false]);
  });

  it("of a nightly agent are those of the last nights", () => {
    const nightly = { hour: 2, minutes: 10, works: "w", finished: "f" };
    const night = Date.UTC(2026, 10, 24, 2);
    const past = pastStates([{ agent: "a", nightly }], NOW);
    expect(past).toHaveLength(12);
    expect(past.at(-1)).toEqual({ agent: "a", state: "done", message: "f", at: night + 10 * MINUTE });
    const figures = [figureOf("x")];
    const times = pastOf([{ agent: "a", every: 60, figures, nightly }], NOW).map(({ at }) => at);
    expect(times.length).toBeGreaterThanOrEqual(6);
    expect(times.every((at) => (at - night) % (24 * 60 * MINUTE) < 10 * MINUTE)).toBe(true);
  });

  it("include failing, waiting, finishing, a nightly agent and a service with OpenTelemetry", () => {
    const agents = DEMO_PROJECTS.flatMap((project) => project.agents);
    const states = new Set(agents.flatMap(({ phases = [] }) => phases.map(({ state }) => state)));
    expect([...states].sort()).toEqual(["done", "failed", "waiting", "working"]);
    expect(agents.some(({ nightly }) => nightly !== undefined)).toBe(true);
    expect(DEMO_PROJECTS.flatMap(({ services }) => services)).not.toEqual([]);
    for (const { message } of pastStates(agents, NOW)) expect(message?.length ?? 0).toBeLessThan(200);
  });
});

it("the exports of a service add up since it started, as an SDK's do", () => {
  const counts = new OtelCounts("svc", NOW);
  counts.add(300, 20);
  counts.add(20_000, 30);
  const body = JSON.stringify(counts.exportAt(NOW + 10_000));
  expect(body).toContain(`"startTimeUnixNano":"${NOW}000000","timeUnixNano":"${NOW + 10_000}000000"`);
  expect(body).toContain('"asInt":"20300"');
  expect(body).toContain('"bucketCounts":["0","1","0","0","1"]');
  expect(body).toContain('"count":"2","sum":20300');
});

function figureOf(name: string) {
  return { name, middle: 1, swing: 0, noise: 0, decimals: 0 };
}

import { describe, expect, it } from "vitest";
import { metricsAt, pastOf, valueAt } from "./figures.ts";
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

function figureOf(name: string) {
  return { name, middle: 1, swing: 0, noise: 0, decimals: 0 };
}

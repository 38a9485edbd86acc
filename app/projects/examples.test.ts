import { expect, test } from "vitest";
import { GUIDES } from "./examples.ts";

const example = {
  origin: "https://mosaic.example",
  project: { _id: "p1", name: "Night watch" },
  keyName: "First key",
  secret: "mosaic_abc",
};

test("there is a guide for each way to send", () => {
  expect(GUIDES.map(({ title }) => title)).toEqual([
    ...["curl", "Python", "TypeScript", "OpenTelemetry", "Claude Code", "Collector"],
  ]);
});

test.each(GUIDES)("$title is complete: it has the address and the new key", ({ code }) => {
  expect(code(example)).toContain("https://mosaic.example/api/v1");
  expect(code(example)).toContain("mosaic_abc");
});

test.each(GUIDES)("$title has no key once it is not known any more", ({ code }) => {
  expect(code({ ...example, secret: null })).not.toMatch(/mosaic_[a-z]/);
});

test("OpenTelemetry, Claude Code and the Collector get the address to which they add /v1/metrics", () => {
  for (const { id, code } of GUIDES.filter(({ id }) => ["otel", "claude", "collector"].includes(id))) {
    expect(code(example), id).toMatch(/https:\/\/mosaic\.example\/api\/v1\/otlp\s/);
  }
});

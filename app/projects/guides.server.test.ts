import { expect, test } from "vitest";
import { codeOf } from "./guide.ts";
import { guidesFor } from "./guides.server.ts";

const GUIDES = guidesFor("https://mosaic.example");
const example = {
  project: { _id: "p1", name: "Night $& watch" },
  keyName: "First key",
  secret: "mosaic_abc",
};

test("there is a guide for each way to send", () => {
  expect(GUIDES.map(({ title }) => title)).toEqual([
    ...["curl", "Python", "TypeScript", "OpenTelemetry", "Claude Code", "Collector"],
  ]);
});

test.each(GUIDES)("$title is complete: it has the address and the new key", (guide) => {
  expect(codeOf(guide, example)).toContain("https://mosaic.example/api/v1");
  expect(codeOf(guide, example)).toContain("mosaic_abc");
  expect(codeOf(guide, example)).not.toMatch(/<(key|about)>/);
});

test.each(GUIDES)("$title has no key once it is not known any more", (guide) => {
  expect(codeOf(guide, { ...example, secret: null })).not.toMatch(/mosaic_[a-z]/);
});

test("the command names its project and key", () => {
  const command = GUIDES.find(({ id }) => id === "curl");
  expect(command && codeOf(command, example)).toMatch(/^# Night \$& watch \(p1\), key “First key”\n/);
});

test("OpenTelemetry, Claude Code and the Collector get the address to which they add /v1/metrics", () => {
  for (const { id, code } of GUIDES.filter(({ id }) => ["otel", "claude", "collector"].includes(id))) {
    expect(code, id).toMatch(/https:\/\/mosaic\.example\/api\/v1\/otlp\s/);
  }
});

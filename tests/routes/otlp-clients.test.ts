/** OpenTelemetry: what real clients send. */
import { gzipSync } from "node:zlib";
import { OTLPMetricExporter as JsonExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPMetricExporter as ProtobufExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  AggregationType,
  MeterProvider,
  PeriodicExportingMetricReader,
} from "@opentelemetry/sdk-metrics";
import { afterEach, describe, expect, it, vi } from "vitest";
import { jsonOf } from "./browser.ts";
import { textOf } from "./html.ts";
import { createOtlpProject, PROTOBUF } from "./otlp-project.ts";
import { pythonBody } from "./recorded/python-sdk.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();
const newProject = () => createOtlpProject(app);

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  vi.unstubAllEnvs();
});

/** Exports the variables that the project's page shows, as a shell into which they are copied. */
async function exportVariables(guide: "otel" | "claude", project: Awaited<ReturnType<typeof newProject>>) {
  const [shown] = (await project.page()).all(({ attributes }) => attributes["data-guide"] === guide);
  const key = project.authorization.replace(/^Bearer /, "");
  // The worker listens at another address than the one that users open.
  const { appUrl, url } = app.browser().site;
  const code = shown ? textOf(shown).replace("mosaic_…", key).replace(appUrl, url.origin) : "";
  const variables = [...code.matchAll(/export (OTEL_\w+)=(?:"([^"]*)"|(\S+))/g)];
  expect(variables.length, code).toBeGreaterThan(3);
  for (const [, name = "", quoted, plain] of variables) vi.stubEnv(name, quoted ?? plain);
}

/** Returns an SDK that exports to the worker, with the address and the API key of its environment. */
function sdk(
  Exporter: typeof JsonExporter | typeof ProtobufExporter,
  resource: Record<string, string>,
  temporalityPreference?: AggregationTemporality,
) {
  const errors: unknown[] = [];
  const exporter = new Exporter({
    compression: "gzip" as never,
    ...(temporalityPreference !== undefined && { temporalityPreference }),
  });
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e8 });
  const provider = new MeterProvider({
    resource: resourceFromAttributes(resource),
    readers: [reader],
    views: [
      { instrumentName: "*.exponential", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM } },
    ],
  });
  closing.push(() => provider.shutdown().catch((error) => void errors.push(error)));
  return { meter: provider.getMeter("tests"), flush: () => reader.forceFlush(), errors };
}

describe("real clients", () => {
  it.each([
    ["protobuf", ProtobufExporter],
    ["JSON", JsonExporter],
  ])("the SDK for Node stores cumulative metrics in %s", async (_, Exporter) => {
    const project = await newProject();
    await exportVariables("otel", project);
    const { meter, flush } = sdk(Exporter, { "service.name": "scout" });
    const counter = meter.createCounter("tasks");
    const durations = meter.createHistogram("gen_ai.client.operation.duration");
    const tokens = meter.createHistogram("tokens.exponential");
    const chat = {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt",
      "gen_ai.response.model": "gpt",
      "server.address": "example.com",
    };
    counter.add(3, { type: "search", "user.id": "a" });
    counter.add(4, { type: "search", "user.id": "b" });
    durations.record(2, chat);
    tokens.record(100);
    meter.createUpDownCounter("queue").add(-2);
    await flush();
    const duration = "gen_ai.client.operation.duration{operation.name=chat,request.model=gpt}";
    expect(await project.series("scout", 4)).toEqual({
      "tasks{type=search}": ["counter", 7],
      [duration]: ["histogram", 2],
      "tokens.exponential": ["histogram", 100],
      queue: ["gauge", -2],
    });
    counter.add(5, { type: "search", "user.id": "b" });
    durations.record(4, chat);
    durations.record(6, chat);
    await flush();
    await expect
      .poll(async () => (await project.series("scout", 4))[duration], { timeout: 10_000 })
      .toEqual(["histogram", 5]);
    const totals = await project.convex<{ name: string; last7d: number }[]>("query", "metrics:totals");
    expect(Object.fromEntries(totals.map(({ name, last7d }) => [name, last7d]))).toEqual({
      "tasks{type=search}": 12,
      [duration]: 12,
      "tokens.exponential": 100,
    });
  });

  it("Claude Code's documented metrics are its costs and tokens by model and type", async () => {
    const project = await newProject();
    await exportVariables("claude", project);
    const { meter, flush } = sdk(
      ProtobufExporter,
      { "service.name": "claude-code", "service.version": "2.0.0", "os.type": "linux" },
      AggregationTemporality.DELTA,
    );
    const session = {
      "session.id": "6f0c2bb2-0000-4000-8000-000000000000",
      "user.email": "grace@example.com",
      "organization.id": "org",
      "terminal.type": "vscode",
    };
    const model = "claude-sonnet-4-5";
    meter.createCounter("claude_code.session.count").add(1, session);
    meter.createCounter("claude_code.cost.usage", { unit: "USD" }).add(0.25, { ...session, model });
    const tokens = meter.createCounter("claude_code.token.usage", { unit: "tokens" });
    for (const type of ["input", "output", "cacheRead"]) tokens.add(100, { ...session, model, type });
    const decisions = meter.createCounter("claude_code.code_edit_tool.decision");
    decisions.add(1, { ...session, tool: "Edit", decision: "accept", language: "TypeScript" });
    meter.createCounter("claude_code.lines_of_code.count").add(12, { ...session, type: "added" });
    await flush();
    expect(await project.series("claude-code", 7)).toEqual({
      "claude_code.session.count": ["counter", 1],
      [`claude_code.cost.usage{model=${model}}`]: ["counter", 0.25],
      [`claude_code.token.usage{model=${model},type=cacheRead}`]: ["counter", 100],
      [`claude_code.token.usage{model=${model},type=input}`]: ["counter", 100],
      [`claude_code.token.usage{model=${model},type=output}`]: ["counter", 100],
      "claude_code.code_edit_tool.decision{decision=accept,language=TypeScript}": ["counter", 1],
      "claude_code.lines_of_code.count{type=added}": ["counter", 12],
    });
    // Nothing of the other attributes is stored, in no table.
    const recent = await project.convex("query", "metrics:recent", {
      paginationOpts: { numItems: 100, cursor: null },
    });
    expect(JSON.stringify(recent)).not.toContain("grace@example.com");
  });

  it("the recorded body of the Python SDK is stored, compressed as it sends it", async () => {
    const project = await newProject();
    const answer = await project.send(gzipSync(pythonBody()), PROTOBUF, { "Content-Encoding": "gzip" });
    expect([answer.status, answer.text]).toEqual([200, ""]);
    expect(answer.headers.get("Content-Type")).toBe(PROTOBUF);
    const usage = "gen_ai.client.token.usage{operation.name=chat,request.model=gpt-4o,token.type=input}";
    expect(await project.series("researcher", 5)).toEqual({
      "tasks.done{type=search}": ["counter", 3],
      "tasks.done{type=summary}": ["counter", 2],
      "queue.depth": ["gauge", 3],
      [usage]: ["histogram", 802 / 3],
      temperature: ["gauge", 21.5],
    });
  });

  it("a Collector's batch of several resources is stored per agent, its cumulative sums from the second on", async () => {
    const project = await newProject();
    const boot = Date.now() - 9 * 86_400_000;
    // As the hostmetrics receiver and the otlphttp exporter send it.
    const batch = (value: number, at: number) =>
      JSON.stringify({
        resourceMetrics: ["db-1", "db-2"].map((host, index) => ({
          resource: {
            attributes: [
              { key: "host.name", value: { stringValue: host } },
              { key: "os.type", value: { stringValue: "linux" } },
              { key: "service.name", value: { stringValue: "postgres" } },
              { key: "service.instance.id", value: { stringValue: host } },
            ],
          },
          scopeMetrics: [
            {
              scope: { name: "github.com/open-telemetry/…/cpuscraper", version: "0.150.0" },
              metrics: [
                {
                  name: "system.cpu.time",
                  unit: "s",
                  sum: {
                    aggregationTemporality: 2,
                    isMonotonic: true,
                    dataPoints: ["user", "idle"].map((state) => ({
                      attributes: [{ key: "state", value: { stringValue: state } }],
                      startTimeUnixNano: `${boot}000000`,
                      timeUnixNano: `${at}000000`,
                      asDouble: value + index,
                    })),
                  },
                },
              ],
            },
          ],
          schemaUrl: "https://opentelemetry.io/schemas/1.9.0",
        })),
      });
    const now = Date.now();
    for (const [value, at] of [
      [1e6, now - 2000],
      [1e6 + 5, now - 1000],
    ] as const) {
      expect(jsonOf(await project.send(batch(value, at), "application/json"))).toEqual({});
    }
    for (const agent of ["postgres/db-1", "postgres/db-2"]) {
      expect(await project.series(agent, 1)).toEqual({ "system.cpu.time": ["counter", 10] });
    }
  });
});

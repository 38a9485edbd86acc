/** OpenTelemetry: responses in the encoding of the request. */
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { jsonOf } from "./browser.ts";
import { createOtlpProject, METRICS, PROTOBUF } from "./otlp-project.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();
const newProject = () => createOtlpProject(app);

/** Returns the text of the only field of a message, or of a message in field 1, in protobuf. */
const textIn = (body: string) => body.replaceAll(/[\p{Cc}\ufffd]/gu, "");

describe("responses", () => {
  const point = { asInt: "1" };
  const body = (...dataPoints: object[]) =>
    JSON.stringify({
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: "m", gauge: { dataPoints } }] }] }],
    });

  it("say what was rejected, in the encoding of the request", async () => {
    const project = await newProject();
    const answer = await project.send(
      body(point, { asDouble: "NaN" }, { asDouble: "Infinity" }, {}),
      "application/json",
    );
    expect(answer.status).toBe(200);
    expect(jsonOf(answer)).toEqual({
      partialSuccess: {
        rejectedDataPoints: "3",
        errorMessage: "2 rejected: the value is not a finite number. 1 rejected: the value is missing.",
      },
    });
    // A metric with one point without a value: 0a(resource) 12(scope) 12(metric) "m", gauge with an empty point.
    const empty = Buffer.from([0x0a, 11, 0x12, 9, 0x12, 7, 0x0a, 1, 0x6d, 0x2a, 2, 0x0a, 0]);
    const binary = await project.send(empty, PROTOBUF);
    expect([binary.status, binary.headers.get("Content-Type")]).toEqual([200, PROTOBUF]);
    expect(textIn(binary.text)).toContain("1 rejected: the value is missing.");
    expect(jsonOf(await project.send("{}", "application/json"))).toEqual({});
    expect((await project.send(Buffer.alloc(0), PROTOBUF)).text).toBe("");
  });

  it("are a status with a message for every error, in the order of the checks", async () => {
    const project = await newProject();
    const large = Buffer.alloc(4 * 1024 * 1024 + 1, 32);
    const cases: [status: number, send: (type: string) => ReturnType<typeof project.send>][] = [
      [405, (type) => app.browser().get(METRICS, { headers: { "Content-Type": type } })],
      [401, (type) => app.browser().post(METRICS, { headers: { "Content-Type": type }, body: large })],
      [415, (type) => project.send(large, type, { "Content-Encoding": "br" })],
      [413, (type) => project.send(large, type)],
      [413, (type) => project.send(gzipSync(large), type, { "Content-Encoding": "gzip" })],
      [400, (type) => project.send(gzipSync("{}").subarray(0, -4), type, { "Content-Encoding": "gzip" })],
      [400, (type) => project.send("{", type)],
    ];
    for (const [status, send] of cases) {
      const inJson = await send("application/json");
      expect([inJson.status, jsonOf(inJson)]).toEqual([
        status,
        { message: expect.stringMatching(/\w{3,}.*\.$|gzip$/) },
      ]);
      const inProtobuf = await send(PROTOBUF);
      expect([inProtobuf.status, inProtobuf.headers.get("Content-Type")]).toEqual([status, PROTOBUF]);
      expect(textIn(inProtobuf.text)).toMatch(/\w{3,} \w+/);
    }
    const other = await project.send("x", "text/plain");
    expect([other.status, jsonOf(other)]).toEqual([
      415,
      { message: "Send the header Content-Type: application/x-protobuf or application/json." },
    ]);
    app.outbound.fail("convex", { kind: "refused" });
    const down = await project.send(body(point), "application/json");
    app.outbound.heal();
    expect([down.status, Number(down.headers.get("Retry-After")) > 0]).toEqual([503, true]);
  });

  it("count traces and logs as rejected, and as pings of their agents", async () => {
    const project = await newProject();
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "tracer" } }] };
    const traces = JSON.stringify({
      resourceSpans: [{ resource, scopeSpans: [{ spans: [{ name: "secret" }, {}] }] }],
    });
    const answer = await project.send(traces, "application/json", { path: "/api/v1/otlp/v1/traces" });
    expect(jsonOf(answer)).toEqual({
      partialSuccess: { rejectedSpans: "2", errorMessage: "2 rejected: only metrics are stored, no spans." },
    });
    const logs = JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{}] }] }] });
    const logged = await project.send(logs, "application/json", { path: "/api/v1/otlp/v1/logs" });
    expect(jsonOf(logged)).toMatchObject({ partialSuccess: { rejectedLogRecords: "1" } });
    const agents = () => project.convex<{ agent: string; metrics: [] }[]>("query", "agents:list");
    await expect.poll(agents, { timeout: 10_000 }).toMatchObject([{ agent: "tracer", metrics: [] }]);
  });

  it("report points that were dropped later in the next response", async () => {
    const project = await newProject();
    const series = Array.from({ length: 1_001 }, (_, i) => ({
      asInt: i,
      attributes: [{ key: "type", value: { intValue: i } }],
    }));
    expect(jsonOf(await project.send(body(...series), "application/json"))).toEqual({});
    const next = async () => jsonOf(await project.send(body({ asInt: Date.now() }), "application/json"));
    await expect.poll(next, { timeout: 20_000, interval: 500 }).toEqual({
      partialSuccess: {
        rejectedDataPoints: "0",
        errorMessage: expect.stringContaining("at most 200 agents"),
      },
    });
  });

  it("store the same body once within 10 minutes", async () => {
    const project = await newProject();
    const same = body({ ...point, timeUnixNano: `${Date.now()}000000` });
    for (let times = 0; times < 2; times++) {
      expect(jsonOf(await project.send(same, "application/json"))).toEqual({});
    }
    await project.series("unknown_service", 1);
    const recent = await project.convex<{ page: unknown[] }>("query", "metrics:recent", {
      paginationOpts: { numItems: 10, cursor: null },
    });
    expect(recent.page).toHaveLength(1);
  });
});

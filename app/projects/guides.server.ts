/**
 * Programs and settings that send to a project, each complete and ready to be copied. The loader sends them,
 * because as script they would be a large part of the page. `<key>` and `<about>` are filled in by the page.
 */
import type { Guide } from "./guide.ts";

function curl(origin: string): string {
  return [
    "# <about>",
    `curl ${origin}/api/v1/metrics \\`,
    '  -H "Authorization: Bearer <key>" \\',
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"metrics":[{"agent":"my-agent","name":"tasks","value":1}]}'`,
    `curl ${origin}/api/v1/agents/my-agent/status \\`,
    '  -H "Authorization: Bearer <key>" \\',
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"state":"working","message":"Reading the first ticket"}'`,
  ].join("\n");
}

function python(origin: string): string {
  return [
    "export MOSAIC_KEY=<key>",
    "python3 - <<'EOF'",
    "import json, os, urllib.request",
    "",
    "def send(path, body):",
    "    urllib.request.urlopen(urllib.request.Request(",
    `        "${origin}/api/v1" + path,`,
    "        json.dumps(body).encode(),",
    '        {"Authorization": "Bearer " + os.environ["MOSAIC_KEY"],',
    '         "Content-Type": "application/json"},',
    "    ), timeout=10).close()",
    "",
    'send("/agents/my-agent/status", {"state": "working", "message": "Reading the first ticket"})',
    'send("/metrics", {"metrics": [',
    '    {"agent": "my-agent", "name": "tokens", "value": 1200, "kind": "counter"}]})',
    'send("/agents/my-agent/status", {"state": "done"})',
    "EOF",
  ].join("\n");
}

function typescript(origin: string): string {
  return [
    "export MOSAIC_KEY=<key>",
    "cat > send.ts <<'EOF'",
    "async function send(path: string, body: object) {",
    `  const response = await fetch("${origin}/api/v1" + path, {`,
    `    method: "POST",`,
    "    headers: {",
    '      Authorization: "Bearer " + process.env.MOSAIC_KEY,',
    `      "Content-Type": "application/json",`,
    "    },",
    "    body: JSON.stringify(body),",
    "  });",
    "  if (!response.ok) throw new Error(await response.text());",
    "}",
    "",
    'await send("/agents/my-agent/status", { state: "working", message: "Reading the first ticket" });',
    'await send("/metrics", {',
    '  metrics: [{ agent: "my-agent", name: "tokens", value: 1200, kind: "counter" }],',
    "});",
    'await send("/agents/my-agent/status", { state: "done" });',
    "EOF",
    "node send.ts",
  ].join("\n");
}

function openTelemetry(origin: string): string {
  return [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}/api/v1/otlp`,
    // The specification has these values percent-encoded.
    'export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20<key>"',
    "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
    "export OTEL_SERVICE_NAME=my-agent",
    "",
    "# Start your program with these settings, or try them with this one:",
    "pip install opentelemetry-sdk opentelemetry-exporter-otlp-proto-http",
    "python3 - <<'EOF'",
    "from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter",
    "from opentelemetry.sdk.metrics import MeterProvider",
    "from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader",
    "",
    "provider = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])",
    'provider.get_meter("my-agent").create_counter("tasks").add(1)',
    "provider.shutdown()",
    "EOF",
  ].join("\n");
}

/** Returns the variables of Claude Code. https://code.claude.com/docs/en/monitoring-usage */
function claudeCode(origin: string): string {
  return [
    "export CLAUDE_CODE_ENABLE_TELEMETRY=1",
    "export OTEL_METRICS_EXPORTER=otlp",
    "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${origin}/api/v1/otlp`,
    'export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer <key>"',
    "export OTEL_METRIC_EXPORT_INTERVAL=10000",
    "claude",
  ].join("\n");
}

function collector(origin: string): string {
  return [
    "# otelcol --config mosaic.yaml",
    "receivers:",
    "  otlp:",
    "    protocols:",
    "      grpc:",
    "        endpoint: localhost:4317",
    "      http:",
    "        endpoint: localhost:4318",
    "processors:",
    "  batch:",
    "    send_batch_max_size: 5000",
    "    send_batch_size: 5000",
    "exporters:",
    "  otlphttp/mosaic:",
    `    endpoint: ${origin}/api/v1/otlp`,
    "    headers:",
    "      Authorization: Bearer <key>",
    "service:",
    "  pipelines:",
    "    metrics:",
    "      receivers: [otlp]",
    "      processors: [batch]",
    "      exporters: [otlphttp/mosaic]",
  ].join("\n");
}

/**
 * Returns all guides.
 *
 * @param origin - The origin of the API.
 */
export function guidesFor(origin: string): Guide[] {
  return [
    {
      ...{ id: "curl", title: "curl", what: "the commands", code: curl(origin) },
      appears:
        "The agent my-agent appears here within a second: working, with its message and the metric tasks.",
    },
    {
      ...{ id: "python", title: "Python", what: "the program", code: python(origin) },
      appears:
        "The agent my-agent appears here within a second: first working, then done, with 1,200 tokens today.",
    },
    {
      ...{ id: "typescript", title: "TypeScript", what: "the program", code: typescript(origin) },
      appears:
        "The agent my-agent appears here within a second: first working, then done, with 1,200 tokens today. Runs in Node 22.18 and newer.",
    },
    {
      ...{ id: "otel", title: "OpenTelemetry", what: "the settings", code: openTelemetry(origin) },
      appears:
        "An agent named after the service appears here with its metrics at the first export: within seconds for this program, within a minute for an SDK with its default interval. Only metrics are kept. The attribute mosaic.agent names the agent otherwise.",
    },
    {
      ...{ id: "claude", title: "Claude Code", what: "the settings", code: claudeCode(origin) },
      appears:
        "The agent claude-code appears here about 10 seconds after the first prompt, with its sessions, tokens and cost. Nothing of your prompts is sent. To tell people apart, also set OTEL_RESOURCE_ATTRIBUTES=mosaic.agent=your-name.",
    },
    {
      ...{ id: "collector", title: "Collector", what: "the configuration", code: collector(origin) },
      appears:
        "Each service that sends metrics to the Collector appears here as an agent, a few seconds after its first export.",
    },
  ];
}

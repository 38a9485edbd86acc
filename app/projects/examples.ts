/** Programs and settings that send to a project, each complete and ready to be copied. */

export type Example = {
  /** The origin of the API. */
  origin: string;
  project: { _id: string; name: string };
  /** Name of the API key; null if the project has none yet. */
  keyName: string | null;
  /** The API key, only right after it was created. */
  secret: string | null;
};

export type Guide = {
  id: string;
  title: string;
  /** Name of the content for the copy button: `the command`. */
  what: string;
  code: (example: Example) => string;
  /** What shows on the page, and when. */
  appears: string;
};

const KEY_LATER = "mosaic_…";

const keyOf = ({ keyName }: Example) => (keyName === null ? "a key of its own" : `key “${keyName}”`);

const secretOf = ({ secret }: Example) => secret ?? KEY_LATER;

function curl(example: Example): string {
  const { origin, project, secret } = example;
  const key = secret ?? "$MOSAIC_KEY";
  return [
    `# ${project.name} (${project._id}), ${keyOf(example)}`,
    `curl ${origin}/api/v1/metrics \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"metrics":[{"agent":"my-agent","name":"tasks","value":1}]}'`,
    `curl ${origin}/api/v1/agents/my-agent/status \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -d '{"state":"working","message":"Reading the first ticket"}'`,
  ].join("\n");
}

function python(example: Example): string {
  return [
    `export MOSAIC_KEY=${secretOf(example)}`,
    "python3 - <<'EOF'",
    "import json, os, urllib.request",
    "",
    "def send(path, body):",
    "    urllib.request.urlopen(urllib.request.Request(",
    `        "${example.origin}/api/v1" + path,`,
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

function typescript(example: Example): string {
  return [
    `export MOSAIC_KEY=${secretOf(example)}`,
    "cat > send.ts <<'EOF'",
    "async function send(path: string, body: object) {",
    `  const response = await fetch("${example.origin}/api/v1" + path, {`,
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

function openTelemetry(example: Example): string {
  return [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${example.origin}/api/v1/otlp`,
    // The specification has these values percent-encoded.
    `export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer%20${secretOf(example)}"`,
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

/** The block of Claude Code's documentation: https://code.claude.com/docs/en/monitoring-usage */
function claudeCode(example: Example): string {
  return [
    "export CLAUDE_CODE_ENABLE_TELEMETRY=1",
    "export OTEL_METRICS_EXPORTER=otlp",
    "export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${example.origin}/api/v1/otlp`,
    `export OTEL_EXPORTER_OTLP_HEADERS="Authorization=Bearer ${secretOf(example)}"`,
    "export OTEL_METRIC_EXPORT_INTERVAL=10000",
    "claude",
  ].join("\n");
}

function collector(example: Example): string {
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
    `    endpoint: ${example.origin}/api/v1/otlp`,
    "    headers:",
    `      Authorization: Bearer ${secretOf(example)}`,
    "service:",
    "  pipelines:",
    "    metrics:",
    "      receivers: [otlp]",
    "      processors: [batch]",
    "      exporters: [otlphttp/mosaic]",
  ].join("\n");
}

export const GUIDES: readonly Guide[] = [
  {
    ...{ id: "curl", title: "curl", what: "the commands", code: curl },
    appears:
      "The agent my-agent appears here within a second: working, with its message and the metric tasks.",
  },
  {
    ...{ id: "python", title: "Python", what: "the program", code: python },
    appears:
      "The agent my-agent appears here within a second: first working, then done, with 1,200 tokens today.",
  },
  {
    ...{ id: "typescript", title: "TypeScript", what: "the program", code: typescript },
    appears:
      "The agent my-agent appears here within a second: first working, then done, with 1,200 tokens today. Runs in Node 22.18 and newer.",
  },
  {
    ...{ id: "otel", title: "OpenTelemetry", what: "the settings", code: openTelemetry },
    appears:
      "An agent named after the service appears here with its metrics at the first export: within seconds for this program, within a minute for an SDK with its default interval. Only metrics are kept. The attribute mosaic.agent names the agent otherwise.",
  },
  {
    ...{ id: "claude", title: "Claude Code", what: "the settings", code: claudeCode },
    appears:
      "The agent claude-code appears here about 10 seconds after the first prompt, with its sessions, tokens and cost. Nothing of your prompts is sent. To tell people apart, also set OTEL_RESOURCE_ATTRIBUTES=mosaic.agent=your-name.",
  },
  {
    ...{ id: "collector", title: "Collector", what: "the configuration", code: collector },
    appears:
      "Each service that sends metrics to the Collector appears here as an agent, a few seconds after its first export.",
  },
];

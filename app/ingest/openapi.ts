/** OpenAPI 3.1 document of the API. */
import { HEALTHS, STATES } from "../../convex/model/health.ts";
import { LONGEST_MESSAGE, MOST_ITEMS } from "../../convex/model/metricRules.ts";

const error = (description: string, headers?: object) => ({
  description,
  ...(headers ? { headers } : {}),
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
});

const retryAfter = {
  "Retry-After": { description: "Seconds to wait.", schema: { type: "integer", minimum: 1 } },
};

const NAME_RULES = "At least one visible character, no control character; kept as sent.";
const name = (maxLength: number) => ({
  type: "string",
  minLength: 1,
  maxLength,
  pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]*$",
});

const time = {
  type: "number",
  description: "When, in Unix milliseconds; now if absent. At most 7 days old and 5 minutes ahead.",
};

const message = {
  type: "string",
  maxLength: LONGEST_MESSAGE,
  description: "What the agent is doing or waits for. Control characters become spaces.",
};

const idempotencyKey = {
  name: "Idempotency-Key",
  in: "header",
  required: false,
  description:
    "The same key with the same body within 24 hours is stored once and answered the same; with another body it is a conflict.",
  schema: { type: "string", minLength: 1, maxLength: 255 },
};

const agentInPath = {
  name: "agent",
  in: "path",
  required: true,
  description: "The name of the agent, percent-encoded.",
  schema: name(64),
};

const orNull = (type: string, description: string) => ({ type: [type, "null"], description });

/** Fields of an agent that is read. Times are Unix milliseconds. */
const agentFields = {
  agent: { type: "string" },
  state: { enum: [...STATES, null], description: "The last reported state." },
  message: orNull("string", "What it said with its state."),
  stateAt: orNull("number", "When it reported its state."),
  lastSeenAt: { type: "number", description: "When it was last seen." },
  everyMs: orNull("number", "The expected interval between reports, in milliseconds."),
  mutedUntil: orNull("number", "Until when it is muted."),
  health: { enum: HEALTHS },
};

/** Responses of all operations that send. */
const responses = {
  202: {
    description: "All of it is stored durably.",
    content: { "application/json": { schema: { $ref: "#/components/schemas/Accepted" } } },
  },
  400: {
    description: "Nothing was stored.",
    content: { "application/json": { schema: { $ref: "#/components/schemas/Invalid" } } },
  },
  401: error("No valid key, or the key of an archived project."),
  403: error("The key may only read."),
  405: error("Another method than POST."),
  409: error("The Idempotency-Key was used with another body."),
  429: error(
    "More than 600 requests a minute with this key, or 60 rejected ones from this address.",
    retryAfter,
  ),
  503: error("Not stored, or not known to be; send it again with the same Idempotency-Key.", retryAfter),
};

/** Further responses of operations with a body. */
const bodyResponses = {
  408: error("The upload took longer than 60 seconds."),
  413: error("The body is over 256 KiB, after decompression."),
  415: error("The body is not application/json, or is compressed with something else than gzip."),
};

const jsonBody = (schema: string) => ({
  required: true,
  description: "At most 256 KiB, after decompression. May be compressed with gzip (Content-Encoding: gzip).",
  content: { "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } },
});

const list = (schema: string) => ({
  type: "array",
  maxItems: MOST_ITEMS,
  items: { $ref: `#/components/schemas/${schema}` },
});

/**
 * Returns the OpenAPI document.
 *
 * @param appUrl - The origin of the API.
 */
export function openApi(appUrl: string) {
  return {
    openapi: "3.1.0",
    info: {
      title: "Mosaic API",
      version: "1",
      description:
        "Agents report metrics and states with a project's key; they show in every open tab within a second.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: appUrl }],
    security: [{ projectKey: [] }],
    paths: {
      "/api/v1/metrics": {
        post: {
          operationId: "sendMetrics",
          summary: "Send a batch of metrics and statuses",
          parameters: [idempotencyKey],
          requestBody: jsonBody("Batch"),
          responses: { ...responses, ...bodyResponses },
        },
      },
      "/api/v1/agents": {
        get: {
          operationId: "readAgents",
          summary: "Read the health of all agents, with a key that may read",
          responses: {
            200: {
              description: "The agents that are not retired, by name.",
              content: {
                "application/json": { schema: { $ref: "#/components/schemas/Agents" } },
                "application/openmetrics-text": {
                  schema: {
                    type: "string",
                    description:
                      "mosaic_agent_health{agent,health} and mosaic_agent_last_seen_timestamp_seconds{agent}.",
                  },
                },
              },
            },
            401: responses[401],
            403: error("The key may only send."),
            405: error("Another method than GET."),
            429: responses[429],
            503: error("Not available now; try again.", retryAfter),
          },
        },
      },
      "/api/v1/agents/{agent}/status": {
        post: {
          operationId: "setStatus",
          summary: "Report the state of an agent",
          parameters: [agentInPath, idempotencyKey],
          requestBody: jsonBody("Status"),
          responses: { ...responses, ...bodyResponses },
        },
      },
      "/api/v1/agents/{agent}/ping": {
        post: {
          operationId: "ping",
          summary: "Say that an agent is alive",
          parameters: [agentInPath, idempotencyKey],
          responses,
        },
      },
    },
    components: {
      securitySchemes: {
        projectKey: { type: "http", scheme: "bearer", description: "A project's key: mosaic_…" },
      },
      schemas: {
        Batch: {
          type: "object",
          description: `metrics and statuses have 1 to ${MOST_ITEMS} items together; either may be absent.`,
          properties: { metrics: list("Metric"), statuses: list("AgentStatus") },
          anyOf: [{ required: ["metrics"] }, { required: ["statuses"] }],
        },
        Metric: {
          type: "object",
          required: ["agent", "name", "value"],
          properties: {
            agent: { ...name(64), description: `Which agent. ${NAME_RULES} Not "." or "..".` },
            name: { ...name(128), description: `Which of its metrics. ${NAME_RULES}` },
            value: { type: "number" },
            kind: {
              enum: ["gauge", "counter"],
              default: "gauge",
              description: "The value of a counter is an increment: charts show sums.",
            },
            at: time,
          },
        },
        Status: {
          type: "object",
          required: ["state"],
          properties: { state: { enum: STATES }, message, at: time },
        },
        AgentStatus: {
          type: "object",
          required: ["agent", "state"],
          properties: {
            agent: { ...name(64), description: `Which agent. ${NAME_RULES} Not "." or "..".` },
            state: { enum: STATES },
            message,
            at: time,
          },
        },
        Agents: {
          type: "object",
          required: ["now", "agents"],
          properties: {
            now: { type: "number", description: "When health was computed, in Unix milliseconds." },
            agents: {
              type: "array",
              items: {
                type: "object",
                required: Object.keys(agentFields),
                properties: agentFields,
              },
            },
          },
        },
        Accepted: {
          type: "object",
          required: ["accepted"],
          properties: {
            accepted: { type: "integer", minimum: 1 },
            warnings: {
              type: "array",
              description: "Items of earlier requests that were dropped afterwards.",
              items: {
                type: "object",
                required: ["code", "message", "count"],
                properties: {
                  code: { enum: ["limit_reached", "kind_mismatch", "failed"] },
                  message: { type: "string" },
                  count: { type: "integer", minimum: 1 },
                },
              },
            },
          },
        },
        Error: {
          type: "object",
          required: ["error", "message"],
          properties: { error: { type: "string" }, message: { type: "string" } },
        },
        Invalid: {
          type: "object",
          required: ["error", "message", "issues"],
          properties: {
            error: { const: "invalid" },
            message: { type: "string" },
            issues: {
              type: "array",
              items: {
                type: "object",
                required: ["list", "index", "message"],
                properties: {
                  list: { enum: ["metrics", "statuses", null], description: "null: the whole body." },
                  index: { type: ["integer", "null"], description: "Position in the list." },
                  message: { type: "string" },
                },
              },
            },
          },
        },
      },
    },
  };
}

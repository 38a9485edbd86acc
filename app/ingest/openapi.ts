/** OpenAPI 3.1 document of the ingestion API. */
import { MOST_METRICS } from "../../convex/model/metricRules.ts";

const error = (description: string, headers?: object) => ({
  description,
  ...(headers ? { headers } : {}),
  content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
});

const retryAfter = {
  "Retry-After": { description: "Seconds to wait.", schema: { type: "integer", minimum: 1 } },
};

const NAME_RULES = "At least one visible character, no control character; kept as sent.";
const name = { type: "string", minLength: 1, maxLength: 64, pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]*$" };

/**
 * Returns the OpenAPI document.
 *
 * @param appUrl - The origin of the API.
 */
export function openApi(appUrl: string) {
  return {
    openapi: "3.1.0",
    info: {
      title: "Mosaic ingestion API",
      version: "1",
      description:
        "Agents send their metrics with a project's key; they show in every open tab within a second.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: appUrl }],
    security: [{ projectKey: [] }],
    paths: {
      "/api/v1/metrics": {
        post: {
          operationId: "sendMetrics",
          summary: "Send a batch of metrics",
          parameters: [
            {
              name: "Idempotency-Key",
              in: "header",
              required: false,
              description:
                "The same key with the same body within 24 hours is stored once and answered the same; with another body it is a conflict.",
              schema: { type: "string", minLength: 1, maxLength: 255 },
            },
          ],
          requestBody: {
            required: true,
            description: "At most 256 KiB.",
            content: { "application/json": { schema: { $ref: "#/components/schemas/Batch" } } },
          },
          responses: {
            202: {
              description: "All of it is stored durably.",
              content: { "application/json": { schema: { $ref: "#/components/schemas/Accepted" } } },
            },
            400: {
              description: "Nothing was stored.",
              content: { "application/json": { schema: { $ref: "#/components/schemas/Invalid" } } },
            },
            401: error("No good key."),
            405: error("Another method than POST."),
            409: error("The Idempotency-Key came before with another body."),
            413: error("The body is over 256 KiB."),
            415: error("The body is not application/json."),
            429: error("More than 600 requests a minute with this key.", retryAfter),
            503: error("Could not be stored just now; send it again.", retryAfter),
          },
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
          required: ["metrics"],
          properties: {
            metrics: {
              type: "array",
              minItems: 1,
              maxItems: MOST_METRICS,
              items: { $ref: "#/components/schemas/Metric" },
            },
          },
        },
        Metric: {
          type: "object",
          required: ["agent", "name", "value"],
          properties: {
            agent: { ...name, description: `Which agent. ${NAME_RULES} Not "." or "..".` },
            name: { ...name, description: `Which of its figures. ${NAME_RULES}` },
            value: { type: "number" },
            at: {
              type: "number",
              description:
                "When, in Unix milliseconds; now where absent. At most 7 days old and 5 minutes ahead.",
            },
          },
        },
        Accepted: {
          type: "object",
          required: ["accepted"],
          properties: { accepted: { type: "integer", minimum: 1 } },
        },
        Error: { type: "object", required: ["error"], properties: { error: { type: "string" } } },
        Invalid: {
          type: "object",
          required: ["error", "issues"],
          properties: {
            error: { const: "invalid" },
            issues: {
              type: "array",
              items: {
                type: "object",
                required: ["index", "message"],
                properties: {
                  index: { type: ["integer", "null"], description: "Place in the batch; null: the whole." },
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

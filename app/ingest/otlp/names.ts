/** Names that OpenTelemetry data has in Mosaic: of agents from resources, of time series from data points. */
import { agentProblem } from "../../../convex/model/metricRules.ts";
import { LONGEST_AGENT } from "../../../convex/model/names.ts";
import { type Attributes, type AttributeValue, OtherValue } from "./data.ts";

const LONGEST_INSTANCE = 24;
const LONGEST_VALUE = 64;

const UNKNOWN = "unknown_service";

/** The attributes of data points that distinguish time series. Others are not stored. */
const KEPT: ReadonlySet<string> = new Set([
  "type",
  "model",
  "gen_ai.token.type",
  "gen_ai.operation.name",
  "gen_ai.request.model",
  "gen_ai.response.model",
  "gen_ai.tool.name",
  "error.type",
  "decision",
  "language",
]);

const PREFIX = "gen_ai.";

/** A value without characters to replace, as most are. */
const PLAIN = /^[\w .:/@+-]*$/;

/** Returns the agent that a resource belongs to. */
export function agentOf(resource: Attributes): string {
  const values = new Map(resource);
  const service = textOf(values.get("service.name"));
  const instance = textOf(values.get("service.instance.id"));
  const isShort = instance !== null && instance !== "" && charactersIn(instance) <= LONGEST_INSTANCE;
  const candidates = [
    textOf(values.get("mosaic.agent")),
    textOf(values.get("gen_ai.agent.name")),
    service !== null && service !== "" && isShort ? `${service}/${instance}` : service,
  ];
  for (const candidate of candidates) {
    if (candidate === null) continue;
    const name = cut(candidate.replaceAll(/[\p{Cc}\p{Cs}]/gu, " "), LONGEST_AGENT);
    if (agentProblem(name) === null) return name;
  }
  return UNKNOWN;
}

/** Returns the name of the time series of a data point. */
export function seriesOf(metric: string, attributes: Attributes): string {
  const kept: string[] = [];
  for (const [key, value] of attributes) {
    if (!KEPT.has(key) || value instanceof OtherValue) continue;
    if (key === "gen_ai.response.model" && isRequested(value, attributes)) continue;
    const text = cut(String(value), LONGEST_VALUE);
    const clean = PLAIN.test(text) ? text : text.replaceAll(/[{},=\p{Cc}\p{Cs}]/gu, "_");
    kept.push(`${key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key}=${clean}`);
  }
  if (kept.length === 0) return metric;
  return `${metric}{${kept.length === 1 ? kept[0] : kept.sort().join()}}`;
}

function isRequested(model: AttributeValue, attributes: Attributes): boolean {
  return attributes.some(([key, value]) => key === "gen_ai.request.model" && value === model);
}

function textOf(value: AttributeValue | undefined): string | null {
  return value === undefined || value instanceof OtherValue ? null : String(value);
}

function charactersIn(text: string): number {
  return text.length <= LONGEST_INSTANCE ? text.length : [...text].length;
}

/** Cuts a text to a number of characters. */
function cut(text: string, longest: number): string {
  return text.length <= longest ? text : [...text].slice(0, longest).join("");
}

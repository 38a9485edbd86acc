/** `GET /api/v1/agents`: the agents of an API key's project with their health, as JSON or OpenMetrics. */
import { api } from "../../convex/_generated/api.js";
import { HEALTHS, type Health, healthOf } from "../../convex/model/health.ts";
import type { RequestContext } from "../request/context.ts";
import { noteAccepted } from "./admission.server.ts";
import { admitKey, callConvex, rejectedKey } from "./ingest.server.ts";
import { jsonError } from "./json-answer.ts";

const OPEN_METRICS = "application/openmetrics-text";

/** The agents of a response, with the time at which their health was computed. */
type Reading = { agent: string; lastSeenAt: number; health: Health };

export async function readAgents(request: Request, context: RequestContext): Promise<Response> {
  const keyHash = await admitKey(request, context);
  if (typeof keyHash !== "string") return jsonError(keyHash);
  const outcome = await callConvex(context, "Not available now. Try again.", (convex) =>
    convex.workerMutation(api.agents.read, { keyHash }),
  );
  if ("kind" in outcome) return jsonError(outcome);
  if (outcome.outcome !== "agents")
    return jsonError(await rejectedKey(context, keyHash, outcome.outcome, "read"));
  await noteAccepted(context, keyHash);
  const now = Date.now();
  const agents = outcome.agents.map((agent) => ({ ...agent, health: healthOf(agent, now, outcome.outages) }));
  const headers = { "Cache-Control": "no-store", Vary: "Accept" };
  if (!wantsOpenMetrics(request)) return Response.json({ now, agents }, { headers });
  const type = `${OPEN_METRICS}; version=1.0.0; charset=utf-8`;
  return new Response(openMetrics(agents), { headers: { ...headers, "Content-Type": type } });
}

/** Returns whether a request accepts OpenMetrics, whatever its preference: Prometheus also accepts others. */
function wantsOpenMetrics({ headers }: Request): boolean {
  const accepted = (headers.get("Accept") ?? "").split(",");
  return accepted.some((one) => {
    const [type, ...parameters] = one.split(";").map((part) => part.trim().toLowerCase());
    return type === OPEN_METRICS && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** Returns agents in the text format. https://prometheus.io/docs/specs/om/open_metrics_spec */
function openMetrics(agents: readonly Reading[]): string {
  const lines = [
    // Not a stateset, whose label would have the name of the metric.
    "# TYPE mosaic_agent_health gauge",
    "# HELP mosaic_agent_health Health of an agent: 1 for the one that applies.",
    ...agents.flatMap(({ agent, health }) =>
      HEALTHS.map(
        (one) => `mosaic_agent_health{agent="${escaped(agent)}",health="${one}"} ${one === health ? 1 : 0}`,
      ),
    ),
    "# TYPE mosaic_agent_last_seen_timestamp_seconds gauge",
    "# UNIT mosaic_agent_last_seen_timestamp_seconds seconds",
    "# HELP mosaic_agent_last_seen_timestamp_seconds When an agent was last seen.",
    ...agents.map(
      ({ agent, lastSeenAt }) =>
        `mosaic_agent_last_seen_timestamp_seconds{agent="${escaped(agent)}"} ${lastSeenAt / 1000}`,
    ),
    "# EOF",
  ];
  return `${lines.join("\n")}\n`;
}

/** Returns a label value. Names of agents have no line breaks. */
function escaped(text: string): string {
  return text.replaceAll(/[\\"]/g, "\\$&");
}

/** Client of a Convex deployment's public HTTP API, and the deployment's own settings. */
import { proveCall, secretsIn } from "../../convex/model/edgeProof.ts";
import { type Answer, type Ask, fieldOf } from "./reach.ts";

export type Deployment =
  | {
      kind: "known";
      fingerprint: string | null;
      siteUrl: string | null;
      workosApiUrl: string | null;
      workosClientId: string | null;
      workosIssuer: string | null;
      hasWebhookSecret: boolean;
      organizationId: string | null;
      emailDomains: readonly string[] | null;
      hasActiveAdmin: boolean;
    }
  /** A Mosaic deployment with a different edge secret. */
  | { kind: "refused" }
  /** A deployment without this query: no functions, or different ones. */
  | { kind: "silent" };

/** Calls a query. The doctor calls nothing else, because a query cannot change data. */
export function query(
  ask: Ask,
  convexUrl: string,
  path: string,
  args: Record<string, unknown>,
  token?: string,
): Promise<Answer> {
  return ask(`${convexUrl}/api/query`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ path, args, format: "json" }),
  });
}

/** Returns whether a response comes from Convex, successful or not. */
export function isConvexAnswer({ json }: Answer): boolean {
  const status = fieldOf(json, "status");
  return status === "success" || status === "error";
}

/**
 * Asks a deployment for its settings.
 *
 * @param edgeSecret - The value of `CONVEX_EDGE_SECRET`; empty if it is not usable.
 */
export async function askDeployment(ask: Ask, convexUrl: string, edgeSecret: string): Promise<Deployment> {
  const path = "doctor:deployment";
  const [newest] = secretsIn(edgeSecret, 1);
  const edge = newest === undefined ? null : await proveCall(newest, path, {}, Date.now());
  const { json } = await query(ask, convexUrl, path, { edge });
  if (fieldOf(json, "status") === "success") {
    const value = fieldOf(json, "value");
    const text = (name: string) => {
      const field = fieldOf(value, name);
      return typeof field === "string" ? field : null;
    };
    return {
      kind: "known",
      fingerprint: text("fingerprint"),
      siteUrl: text("siteUrl"),
      workosApiUrl: text("workosApiUrl"),
      workosClientId: text("workosClientId"),
      workosIssuer: text("workosIssuer"),
      hasWebhookSecret: fieldOf(value, "hasWebhookSecret") === true,
      organizationId: text("organizationId"),
      emailDomains: textsIn(fieldOf(value, "emailDomains")),
      hasActiveAdmin: fieldOf(value, "hasActiveAdmin") === true,
    };
  }
  return fieldOf(fieldOf(json, "errorData"), "code") === "forbidden"
    ? { kind: "refused" }
    : { kind: "silent" };
}

function textsIn(value: unknown): string[] | null {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : null;
}

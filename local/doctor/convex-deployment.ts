/** Calls to a Convex deployment's public HTTP API, and what it says of itself where it takes our edge secret. */
import { type Answer, type Ask, fieldOf } from "./reach.ts";

export type Deployment =
  | {
      kind: "known";
      fingerprint: string | null;
      siteUrl: string | null;
      workosApiUrl: string | null;
      workosClientId: string | null;
      hasWebhookSecret: boolean;
    }
  /** It is a Mosaic, and has another edge secret. */
  | { kind: "refused" }
  /** It does not know the question: no functions, or others. */
  | { kind: "silent" };

/** Asks for a query. Nothing else is ever called: a query cannot change anything, whatever is deployed there. */
export function query(
  ask: Ask,
  convexUrl: string,
  path: string,
  args: Record<string, string>,
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

/** Whether an answer is one that Convex gives to a call, good or bad. */
export function isConvexAnswer({ json }: Answer): boolean {
  const status = fieldOf(json, "status");
  return status === "success" || status === "error";
}

export async function askDeployment(ask: Ask, convexUrl: string, edgeSecret: string): Promise<Deployment> {
  const { json } = await query(ask, convexUrl, "doctor:deployment", { edgeSecret });
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
      hasWebhookSecret: fieldOf(value, "hasWebhookSecret") === true,
    };
  }
  return fieldOf(fieldOf(json, "errorData"), "code") === "forbidden"
    ? { kind: "refused" }
    : { kind: "silent" };
}

/** Signed-in user for benchmarks, with cookies for pages and a Convex client. */
import { ConvexHttpClient } from "convex/browser";
import { api } from "../../convex/_generated/api.js";
import type { Metric } from "../../local/demo/figures.ts";
import { send } from "../../local/demo/send.ts";
import { signIn } from "../../local/sign-in.ts";
import { fieldOf, joined } from "../fields.ts";

export type Signed = { cookie: string; token: string; convex: ConvexHttpClient };

export type Made = { projectId: string; key: string };

/**
 * Signs a user in.
 *
 * @param appUrl - The URL of the app.
 * @param convexUrl - The URL of its Convex.
 * @param email - The user's e-mail address.
 */
export async function signedIn(appUrl: string, convexUrl: string, email: string): Promise<Signed> {
  const cookie = await signIn(appUrl, email);
  const response = await fetch(`${appUrl}/api/auth/token`, { method: "POST", headers: { cookie } });
  const { token } = (await response.json()) as { token: string };
  const convex = new ConvexHttpClient(convexUrl);
  convex.setAuth(token);
  return { cookie, token, convex };
}

/** Creates a project with an API key, and sends its agents' past metrics. */
export async function makeProject(
  appUrl: string,
  { convex }: Signed,
  name: string,
  past: readonly Metric[] = [],
): Promise<Made> {
  const projectId = await convex.mutation(api.projects.create, { name });
  const { key } = await convex.mutation(api.projectKeys.create, { projectId, name: "Agents" });
  await send({ url: appUrl, key }, past, AbortSignal.timeout(60_000));
  return { projectId, key };
}

/** Creates a project with as many agents in every health, waits until all are shown, and returns its id. */
export async function makeField(appUrl: string, signed: Signed, agents: number): Promise<string> {
  const { projectId, key } = await makeProject(appUrl, signed, `${agents} agents`);
  for (const batch of joined(fieldOf(agents, Date.now()))) {
    const { status } = await fetch(`${appUrl}/api/v1/metrics`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(batch),
    });
    if (status !== 202) throw new Error(`The metrics were answered ${status}`);
  }
  await untilShown(signed, projectId, agents);
  return projectId;
}

/** Waits until a project has this many agents. */
export async function untilShown({ convex }: Signed, projectId: string, agents: number): Promise<void> {
  while ((await convex.query(api.projects.overview, { projectId })).length < agents) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

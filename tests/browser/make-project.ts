/** Projects for browser tests, and metrics for them. */
import { expect } from "vitest";
import { api } from "../../convex/_generated/api.js";
import type { Stack } from "./stack.ts";
import type { Visitor } from "./visitor.ts";

/**
 * Creates a project and an API key with calls to Convex, and returns the project's path and the key.
 *
 * @param visitor - The signed-in owner of the project.
 */
export async function makeProject(visitor: Visitor, name: string): Promise<{ path: string; key: string }> {
  const convex = await visitor.convex();
  const projectId = await convex.mutation(api.projects.create, { name });
  const { key } = await convex.mutation(api.projectKeys.create, { projectId, name: "Laptop" });
  return { path: `/projects/${projectId}`, key };
}

/** A body of `POST /api/v1/metrics`. */
export type Batch = {
  metrics?: { agent: string; name: string; value: number; at?: number; kind?: "gauge" | "counter" }[];
  statuses?: { agent: string; state: string; message?: string; at?: number }[];
};

/** Sends a batch with an API key, and expects that it is accepted. */
export async function sendBatch({ appUrl }: Pick<Stack, "appUrl">, key: string, batch: Batch): Promise<void> {
  const response = await fetch(`${appUrl}/api/v1/metrics`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(batch),
  });
  expect(response.status, await response.text()).toBe(202);
}

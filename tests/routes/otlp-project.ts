/** A project that receives OpenTelemetry. */
import { expect } from "vitest";
import { Page } from "./html.ts";
import { createReportingProject, signInReporter } from "./reporting.ts";
import type { startMosaic } from "./start-app.ts";

export const METRICS = "/api/v1/otlp/v1/metrics";
export const PROTOBUF = "application/x-protobuf";

type Series = { name: string; kind: string; value: number };

/** Creates a project with an API key, and returns functions that send with it and read. */
export async function createOtlpProject(app: ReturnType<typeof startMosaic>) {
  const user = await signInReporter(app);
  const { id: projectId, authorization } = await createReportingProject(app, user);
  const convex = <T>(kind: "query" | "mutation", name: string, args: object = {}) =>
    user.convex<T>(kind, name, { projectId, ...args });
  const read = async (agent: string) =>
    (await convex<{ series: Series[] } | undefined>("query", "agents:get", { agent }))?.series ?? [];
  return {
    authorization,
    convex,
    page: async () => new Page((await user.browser.get(`/projects/${projectId}`)).text),
    send: (
      body: string | Buffer,
      type: string,
      { path = METRICS, ...headers }: Record<string, string> = {},
    ) => app.browser().post(path, { headers: { authorization, "Content-Type": type, ...headers }, body }),
    /** Returns the names of an agent's time series with kind and newest value, once there are as many. */
    series: async (agent: string, count: number) => {
      await expect.poll(async () => (await read(agent)).length, { timeout: 10_000 }).toBe(count);
      return Object.fromEntries((await read(agent)).map(({ name, kind, value }) => [name, [kind, value]]));
    },
  };
}

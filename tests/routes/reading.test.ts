/** Reading with an API key: the health of a project's agents. */
import { describe, expect, it } from "vitest";
import { jsonOf } from "./browser.ts";
import { createReportingProject, expectRejection, signInReporter } from "./reporting.ts";
import { startMosaic } from "./start-app.ts";

const app = startMosaic();

describe("GET /api/v1/agents", () => {
  const path = "/api/v1/agents";

  it("returns all agents with their health, as JSON or OpenMetrics, to a key that may read", async () => {
    const user = await signInReporter(app);
    const project = await createReportingProject(app, user);
    const quoted = 'say "hi" \\ bye';
    const statuses = [
      { agent: quoted, state: "failed", message: "no disk" },
      { agent: "b", state: "working", at: Date.now() - 3_600_000 },
    ];
    expect((await project.send({ metrics: [{ agent: "a", name: "n", value: 1 }], statuses })).status).toBe(
      202,
    );
    await expect.poll(async () => (await project.agents()).length, { timeout: 10_000 }).toBe(3);
    const newKey = async (more: object) => {
      const args = { projectId: project.id, name: "R", ...more };
      return (await user.convex<{ key: string }>("mutation", "projectKeys:create", args)).key;
    };
    const read = (key: string, headers: Record<string, string> = {}) =>
      app.browser().get(path, { headers: { authorization: `Bearer ${key}`, ...headers } });
    const key = await newKey({ scope: "read" });
    const answer = await read(key);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    const { now, agents } = jsonOf<{ now: number; agents: { agent: string }[] }>(answer);
    expect(Math.abs(Date.now() - now)).toBeLessThan(60_000);
    const silent = { everyMs: null, mutedUntil: null, lastSeenAt: expect.any(Number) };
    expect(agents).toEqual([
      { ...silent, agent: "a", state: null, message: null, stateAt: null, health: "fresh" },
      {
        ...silent,
        agent: "b",
        state: "working",
        message: null,
        stateAt: expect.any(Number),
        health: "silent",
      },
      {
        ...silent,
        ...{
          agent: quoted,
          state: "failed",
          message: "no disk",
          stateAt: expect.any(Number),
          health: "failed",
        },
      },
    ]);
    const prometheus =
      "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
    const text = await read(key, { accept: prometheus });
    expect(text.headers.get("Content-Type")).toMatch(/^application\/openmetrics-text; version=1.0.0/);
    const lines = text.text.split("\n");
    expect(lines).toContain("# TYPE mosaic_agent_health gauge");
    expect(lines).toContain('mosaic_agent_health{agent="b",health="silent"} 1');
    expect(lines).toContain('mosaic_agent_health{agent="b",health="fresh"} 0');
    expect(lines).toContain('mosaic_agent_health{agent="say \\"hi\\" \\\\ bye",health="failed"} 1');
    const seen = /^mosaic_agent_last_seen_timestamp_seconds\{agent="a"\} \d{10}(\.\d+)?$/;
    expect(lines.filter((line) => seen.test(line))).toHaveLength(1);
    expect(lines.slice(-2)).toEqual(["# EOF", ""]);
    const keys = () =>
      user.convex<{ scope: string; lastUsedAt: number | null }[]>("query", "projectKeys:list", {
        projectId: project.id,
      });
    expect((await keys()).find(({ scope }) => scope === "read")?.lastUsedAt).toBeGreaterThan(0);

    expectRejection(await app.browser().get(path), 401, "unauthenticated");
    expectRejection(await read("mosaic_none"), 401, "unauthenticated");
    expectRejection(await read(await newKey({})), 403, "forbidden");
    expectRejection(await project.post(path, {}), 405, "method_not_allowed");
    app.outbound.fail("convex", { kind: "refused" });
    expectRejection(await read(key), 503, "unavailable");
    app.outbound.heal();
    await user.convex("mutation", "projects:archive", { projectId: project.id });
    expectRejection(await read(key), 401, "archived");

    // After a time in which agents could not report, nothing says that they are silent.
    await user.convex("mutation", "projects:restore", { projectId: project.id });
    const again = await read(await newKey({ scope: "read" }));
    const health = jsonOf<{ agents: { health: string }[] }>(again).agents.map((one) => one.health);
    expect(health).toEqual(["fresh", "fresh", "failed"]);
    const { browser } = user;
    for (const page of ["/", "/dashboard", `/projects/${project.id}`, `/projects/${project.id}/agents/b`]) {
      const { text } = await browser.get(page);
      expect(text, page).toContain('data-state="fresh"');
      expect(text, page).not.toContain('data-state="silent"');
    }
  });
});

/** A project whose agents report, and the waiting for what they reported. */
import { expect, vi } from "vitest";
import { api } from "../../convex/_generated/api.js";
import type { Id } from "../../convex/_generated/dataModel";
import type { Batch, IngestOutcome } from "../../convex/model/ingestion.ts";
import { hashOfKey } from "../../convex/model/keys.ts";
import { EDGE_SECRET, type TestBackend } from "./backend.ts";
import { type Member, signIn } from "./people.ts";

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export type Point = Partial<Batch["metrics"][number]>;
export type Status = Partial<NonNullable<Batch["statuses"]>[number]>;

type Sent = [points: readonly Point[], statuses?: readonly Status[], idempotencyKey?: string];

export type Reporting = {
  projectId: Id<"projects">;
  keyId: Id<"projectKeys">;
  /** Hash of the API key. */
  keyHash: string;
  /** Sends a batch as the worker does. Absent fields have defaults: agent `scout`, name `latency`, value 1. */
  send(
    points: readonly Point[],
    statuses?: readonly Status[],
    idempotencyKey?: string,
  ): Promise<IngestOutcome>;
  /** Returns the same project with another API key. */
  with(key: string): Pick<Reporting, "send">;
  /** Resolves when the compactor has folded all batches, at its own pace. */
  folded(): Promise<void>;
  /** Runs the compactor at once, and resolves when all batches are folded. */
  fold(): Promise<void>;
  /** Sends a batch and folds it. */
  report(points: readonly Point[], statuses?: readonly Status[]): Promise<void>;
};

/**
 * Creates a project with an API key.
 * @param backend - Backend of the test.
 * @param owner - Owner of the project.
 * @returns The project, with functions to send and to wait.
 */
export async function newProject(backend: TestBackend, owner: Member, name = "Engine"): Promise<Reporting> {
  const projectId = await owner.mutation(api.projects.create, { name });
  const { key, keyId } = await owner.mutation(api.projectKeys.create, { projectId, name: "Laptop" });
  const keyHash = await hashOfKey(key);
  const sendWith = async (keyHash: string, ...[points, statuses = [], idempotencyKey]: Sent) =>
    await backend.nobody.mutation(api.metrics.ingest, {
      edge: EDGE_SECRET,
      keyHash,
      path: "/api/v1/metrics",
      batch: {
        metrics: points.map((point) => ({ agent: "scout", name: "latency", value: 1, ...point })),
        statuses: statuses.map((status) => ({ agent: "scout", ...status })),
        bodyHash: JSON.stringify([points, statuses]),
        ...(idempotencyKey !== undefined && { idempotencyKey }),
      },
    });
  const send: Reporting["send"] = (...sent) => sendWith(keyHash, ...sent);
  const folded = () =>
    vi.waitFor(
      async () => {
        const rows = await backend.rows("pendingBatches");
        if (rows.some((row) => row.projectId === projectId)) throw new Error("batches are waiting");
      },
      { timeout: 15_000, interval: 50 },
    );
  const fold = async () => {
    const compactor = (await backend.rows("compactors")).find((row) => row.projectId === projectId);
    if (compactor !== undefined) {
      const { generation = 0 } = compactor;
      await backend.run("compaction:run", { projectId, generation, unreported: true, singly: 0 });
    }
    await folded();
  };
  const report: Reporting["report"] = async (points, statuses) => {
    expect(await send(points, statuses)).toMatchObject({ outcome: "accepted" });
    await fold();
  };
  const withKey: Reporting["with"] = (other) => ({
    send: async (...sent) => sendWith(await hashOfKey(other), ...sent),
  });
  return { projectId, keyId, keyHash, send, with: withKey, folded, fold, report };
}

export type Scene = { backend: TestBackend; grace: Member; project: Reporting };

/**
 * Creates a user and a project whose agents report.
 *
 * @param starting - Backend that is being started.
 * @returns The backend, the user, and the user's project.
 */
export async function newScene(starting: Promise<TestBackend>): Promise<Scene> {
  const backend = await starting;
  const grace = await signIn(backend, "grace");
  return { backend, grace, project: await newProject(backend, grace) };
}

/** Repeated kill −9 under load. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { seededRandom } from "../../src/functions/isolate/seeded-random.ts";
import { openBackend } from "./open-backend.ts";

/** The number of kills; 50 in `npm run test:deep`. */
const KILLS = Number(process.env.DEEP_KILLS ?? 4);
const WRITER = join(import.meta.dirname, "crash-writer.ts");

test(`${KILLS} kills lose no acknowledged mutation and apply none twice`, { timeout: 600_000 }, async () => {
  const opened = await openBackend("notes");
  try {
    await opened.backend.close();
    const random = seededRandom(KILLS);
    const sent = new Set<number>();
    const acknowledged = new Set<number>();
    for (let kill = 0; kill < KILLS; kill++) {
      const unanswered = [...sent].filter((number) => !acknowledged.has(number));
      const args = [WRITER, opened.functionsDir, opened.dataFile, String(sent.size), unanswered.join(",")];
      const goal = acknowledged.size + 20 + Math.floor(random() * 400);
      // With conflicts, a kill also hits mutations that have run and wait for their commit.
      const env = { CONVEX_LOCAL_CONFLICTS: String(kill % 2), CONVEX_LOCAL_MUTATION_MS: "5" };
      await writeUntil(args, env, sent, acknowledged, goal);
    }
    await opened.restart();
    const notes = await opened.rows("notes:list", { folder: "crash" });
    const found = notes.map(({ text }) => Number(text));
    expect(new Set(found).size).toBe(found.length);
    expect([...acknowledged].filter((number) => !found.includes(number))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(KILLS * 20);
  } finally {
    await opened.close();
  }
});

/** Runs the writer until `goal` notes are acknowledged, and kills it during its work. */
async function writeUntil(
  args: string[],
  env: Record<string, string>,
  sent: Set<number>,
  acknowledged: Set<number>,
  goal: number,
): Promise<void> {
  const writer = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  for await (const line of createInterface({ input: writer.stdout })) {
    const [word, number] = line.split(" ");
    if (word === "sent") sent.add(Number(number));
    if (word === "acknowledged") acknowledged.add(Number(number));
    if (acknowledged.size >= goal) writer.kill("SIGKILL");
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, "exit");
  expect(writer.signalCode).toBe("SIGKILL");
}

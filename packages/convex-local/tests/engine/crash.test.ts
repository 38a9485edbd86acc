/** kill −9 under load, again and again: no acknowledged mutation lost, none applied twice, the file opens. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { seededRandom } from "../../src/functions/isolate/seeded-random.ts";
import { call, openBackend, resultOf } from "./open-backend.ts";

/** So many kills: 50 in `npm run test:deep`. */
const KILLS = Number(process.env.DEEP_KILLS ?? 4);
const WRITER = join(import.meta.dirname, "crash-writer.ts");

test(`nothing acknowledged is lost or done twice over ${KILLS} kills`, { timeout: 600_000 }, async () => {
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
      await writeUntil(args, sent, acknowledged, goal);
    }
    await opened.restart();
    const notes = resultOf(await opened.backend.query(call("notes:list", { folder: "crash" }))) as {
      text: string;
    }[];
    const found = notes.map(({ text }) => Number(text));
    expect(new Set(found).size).toBe(found.length);
    expect([...acknowledged].filter((number) => !found.includes(number))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(KILLS * 20);
  } finally {
    await opened.close();
  }
});

/** Lets the writer write until so many are acknowledged in all, and kills it in the middle of its work. */
async function writeUntil(
  args: string[],
  sent: Set<number>,
  acknowledged: Set<number>,
  goal: number,
): Promise<void> {
  const writer = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: writer.stdout })) {
    const [word, number] = line.split(" ");
    if (word === "sent") sent.add(Number(number));
    if (word === "acknowledged") acknowledged.add(Number(number));
    if (acknowledged.size >= goal) writer.kill("SIGKILL");
  }
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, "exit");
  expect(writer.signalCode).toBe("SIGKILL");
}

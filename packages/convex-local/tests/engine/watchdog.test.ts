/** The watchdog of a thread: what ends it, and what does not. */
import { expect, onTestFinished, test } from "vitest";
import { Thread } from "../../src/functions/threads/thread.ts";

type Requests = { block: { request: { ms: number; own: boolean }; answer: string } };

async function start(): Promise<Thread<Requests>> {
  const thread = new Thread<Requests>(
    { file: new URL("blocking-worker.ts", import.meta.url), workerData: {}, env: {}, maxBlockedMs: 300 },
    {
      event: () => {},
      log: () => {},
      call: () => Promise.reject(new Error("There is no other thread.")),
      ran: () => {},
      ended: () => {},
    },
  );
  onTestFinished(() => thread.terminate());
  await thread.started;
  return thread;
}

test("a function that blocks the thread for too long is ended", async () => {
  const thread = await start();
  const blocking = thread.request({ type: "block", ms: Number.POSITIVE_INFINITY, own: false });
  await expect(blocking).rejects.toMatchObject({
    name: "ThreadEndedError",
    reason: "Function execution timed out (maximum duration: 1s)",
  });
});

test("work of the backend itself, such as a commit to a slow disk, may take longer", async () => {
  const thread = await start();
  expect(await thread.request({ type: "block", ms: 1500, own: true })).toBe("done");
});

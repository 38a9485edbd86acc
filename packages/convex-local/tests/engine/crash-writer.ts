/**
 * The process that the crash test kills. Its 16 clients add numbered notes, each with its own key, and print what was
 * acknowledged. Notes that were sent and not acknowledged by the previous process are sent again.
 */
import { conflictsFrom } from "../../src/conflicts/pace.ts";
import { startBackend } from "../../src/worker-backend.ts";
import { call, resultOf } from "./open-backend.ts";

const [functionsDir = "", dataFile = "", first = "0", unanswered = ""] = process.argv.slice(2);
const conflicts = conflictsFrom(process.env);
const backend = await startBackend({
  functionsDir,
  dataFile,
  env: {},
  conflicts,
  log: () => {},
  watch: false,
});
const again = unanswered === "" ? [] : unanswered.split(",").map(Number);
let next = Number(first);
process.stdout.write("ready\n");
await Promise.all(Array.from({ length: 16 }, write));

async function write(): Promise<never> {
  for (;;) {
    const number = again.pop() ?? next++;
    process.stdout.write(`sent ${number}\n`);
    const key = { sessionId: "crash", requestId: number };
    resultOf(await backend.mutation(call("notes:add", { folder: "crash", text: String(number) }), key));
    process.stdout.write(`acknowledged ${number}\n`);
  }
}

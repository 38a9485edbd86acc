/** Fills the disk with one backend: `node full-disk.ts FILE`. Prints what was stored, how it failed, and which rows remain. */
import { resolve } from "node:path";
import { startBackend } from "../../src/worker-backend.ts";
import { call } from "./open-backend.ts";

const [dataFile = ""] = process.argv.slice(2);
const options = {
  functionsDir: resolve(import.meta.dirname, "../fixtures/notes"),
  dataFile,
  env: {},
  log: (line: string) => process.stderr.write(`${line}\n`),
  watch: false,
};

const backend = await startBackend(options);

async function count(): Promise<number> {
  const { outcome } = await backend.query(call("notes:list", { folder: "full" }));
  return outcome.ok && Array.isArray(outcome.value) ? outcome.value.length : -1;
}

let stored = 0;
let failure: string | null = null;
while (failure === null && stored < 200) {
  const args = { folder: "full", text: "x".repeat(50_000) };
  const { outcome } = await backend.mutation(call("notes:add", args));
  if (outcome.ok) stored++;
  else failure = outcome.errorMessage;
}
const found = await count();
// Smaller writes may still fit, or not: the answer says which, and reads continue.
await backend.mutation(call("notes:add", { folder: "other", text: "small" })).catch(() => null);
process.stdout.write(`RESULT ${JSON.stringify({ stored, failure, found, afterwards: await count() })}\n`);
process.exit(0);
